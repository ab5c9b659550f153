/* What `build` writes into a program besides the program: the description of its package (program/package.h). Functions return 0 or an exit status after a
 * complaint. */
#pragma once
#include <jansson.h>

#include "program/package.h"

/* Author, version and so on; sets what it finds. Texts are made fit: control characters become blanks, too long ones are cut. */
typedef struct hb_description {
    const char *name, *version, *author, *description, *license; /* NULL: not given */
    const char *id;  /* NULL: the name in lower case, if that is an id */
} hb_description;
int hb_describe(hb_package *p, const hb_description *d);

/* The part that only we know, in Cargo.toml's [package.metadata.hauptbuch] as in hauptbuch.json: keys "id", "programs" (an object from id to requirement) and
 * "limits" (an object with "memory", "stack", "gas", "cycles"). where: names the file in complaints. */
int hb_describe_programs(hb_package *p, const json_t *programs, const char *where);
int hb_describe_limits(hb_package *p, const json_t *limits, const char *where);

/* Description and dependencies of a Rust program from what `cargo metadata` printed for its target, and checksums from Cargo.lock (NULL: none). program: the
 * binary's name. release: the compiler's, which is the version of `std`. */
int hb_describe_cargo(hb_package *p, const char *metadata, const char *lock, const char *program, const char *release);

/* Writes the program in the file `elf` to `output`, with the description that `describe` gives. */
typedef int (*hb_describe_fn)(hb_package *p, void *ctx);
int hb_build_deliver(const char *elf, const char *output, hb_describe_fn describe, void *ctx);
