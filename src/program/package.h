/* A program package: the code of a program, who it is, what it needs, what it may use. One value for both kinds of program.
 *
 * In files a package is the program itself: an ELF file with a note, or a .hbc container (package_file.h). Only code and, for bytecode, its limits decide what
 * runs and hence the verifying key; everything else describes.
 *
 * All texts are UTF-8 without control characters (the description may have line ends) and end with a NUL. "" is "not given". */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "rv/rvprogram.h"

#define HB_PACKAGE_ID_MAX 64u
#define HB_PACKAGE_VERSION_MAX 127u
#define HB_PACKAGE_NAME_MAX 127u
#define HB_PACKAGE_AUTHOR_MAX 255u
#define HB_PACKAGE_DESCRIPTION_MAX 2047u
#define HB_PACKAGE_LICENSE_MAX 127u
#define HB_PACKAGE_DEPENDENCIES_MAX 1024u
#define HB_PACKAGE_CODE_MAX ((size_t)1 << 30)

typedef enum hb_package_kind { HB_PACKAGE_ELF = 1, HB_PACKAGE_BYTECODE = 2 } hb_package_kind;

typedef struct hb_package_metadata {
    char name[HB_PACKAGE_NAME_MAX + 1];
    char version[HB_PACKAGE_VERSION_MAX + 1]; /* a semantic version */
    char author[HB_PACKAGE_AUTHOR_MAX + 1];
    char description[HB_PACKAGE_DESCRIPTION_MAX + 1];
    char license[HB_PACKAGE_LICENSE_MAX + 1];
} hb_package_metadata;

/* 0 is "not set" (the executor's default holds). Bytecode: memory, stack and gas are constants of the image and always set; a gas limit of 0 is one. */
typedef struct hb_package_configuration {
    uint64_t memory_limit; /* bytes */
    uint64_t stack_limit;  /* bytes */
    uint64_t gas_limit;
    uint64_t cycle_limit;
} hb_package_configuration;

/* What a program needs. A crate is recorded and never resolved: it is inside of the code already. A program is resolved to its verifying key. */
typedef enum hb_dependency_kind { HB_DEPENDENCY_CRATE = 1, HB_DEPENDENCY_PROGRAM = 2 } hb_dependency_kind;

typedef struct hb_package_dependency {
    hb_dependency_kind kind;
    char id[HB_PACKAGE_ID_MAX + 1];
    char requirement[HB_PACKAGE_VERSION_MAX + 1]; /* semver.h; "": any version */
    char version[HB_PACKAGE_VERSION_MAX + 1];     /* the version that was taken: crates must say it (but `std`, which is built in); programs may, and then
                                                     no other one is */
    bool has_checksum;
    uint8_t checksum[32]; /* crates: SHA-256 of the registry's archive */
} hb_package_dependency;

/* Read and change by the functions below. */
typedef struct hb_package {
    hb_package_kind kind;
    char id[HB_PACKAGE_ID_MAX + 1]; /* "": not described */
    hb_buf code;                    /* ELF: the whole file, as it came; bytecode: the code alone */
    hb_package_metadata metadata;
    hb_package_configuration configuration;
    hb_buf dependencies; /* of hb_package_dependency */
} hb_package;

/* A package without description (package_file.h reads the one that an ELF file holds). The code is copied and checked as if it were loaded:
 * HB_INVALID_PROGRAM. HB_OUT_OF_MEMORY. On failure *out is all zero.
 * Bytecode: code as hb_bytecode_program_make takes it; the configuration starts with the defaults of bytecode. */
hb_status hb_package_init(hb_package *out, hb_package_kind kind, const uint8_t *code, size_t len, hb_error *err);
void hb_package_free(hb_package *p); /* also right for an all-zero package */

/* Does the id match [a-z0-9][a-z0-9_.-]{0,63}? */
bool hb_package_is_id(const char *id);

/* HB_INVALID_ARGUMENT: not an id. */
hb_status hb_package_set_id(hb_package *p, const char *id, hb_error *err);
/* HB_INVALID_ARGUMENT: a version that is none, or a text with forbidden characters or without its NUL. The package is unchanged then. */
hb_status hb_package_set_metadata(hb_package *p, const hb_package_metadata *metadata, hb_error *err);
/* HB_MEMORY_LIMIT_EXCEEDED, HB_STACK_LIMIT_EXCEEDED: more than this kind of program can have (bytecode: bcode.h; ELF: the memory map of guests). Bytecode: changes
 * the verifying key. The package is unchanged after a failure. */
hb_status hb_package_set_configuration(hb_package *p, const hb_package_configuration *configuration, hb_error *err);

/* Adds a copy. Checks, in this order, with the status whose text the message begins with:
 *   HB_INVALID_DEPENDENCY          id empty or malformed, unknown kind
 *   HB_DUPLICATE_DEPENDENCY        the id is there already, whatever its kind
 *   HB_INVALID_DEPENDENCY_VERSION  version not a semantic version, or missing for a crate other than `std`; requirement malformed; version does not satisfy it
 * HB_LIMIT: more than HB_PACKAGE_DEPENDENCIES_MAX. HB_OUT_OF_MEMORY. */
hb_status hb_package_add_dependency(hb_package *p, const hb_package_dependency *dependency, hb_error *err);

static inline size_t hb_package_dependency_count(const hb_package *p)
{
    return p->dependencies.len / sizeof(hb_package_dependency);
}
/* Number k; valid until the next one is added. */
const hb_package_dependency *hb_package_dependency_at(const hb_package *p, size_t k);
/* The one with this id, or NULL. */
const hb_package_dependency *hb_package_find_dependency(const hb_package *p, const char *id);

/* What a host allows; 0: anything. */
typedef struct hb_package_maxima {
    uint64_t memory, stack, gas, cycles;
} hb_package_maxima;

/* Would the host let the program use what it asks for? What is not set asks for nothing. HB_MEMORY_LIMIT_EXCEEDED, HB_STACK_LIMIT_EXCEEDED, HB_LIMIT (gas, cycles). */
hb_status hb_package_check_limits(const hb_package *p, const hb_package_maxima *maxima, hb_error *err);

/* The image for executor, keygen and prover; end with hb_rv_program_free. Errors of the loaders. */
hb_status hb_package_load(hb_rv_program *out, const hb_package *p, hb_error *err);

/* The verifying key. */
hb_status hb_package_key(const hb_package *p, uint8_t vkey[32], hb_error *err);
