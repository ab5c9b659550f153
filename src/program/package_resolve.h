/* From the programs that a package needs to their verifying keys. Who supplies programs is a registry: a directory (package_directory.h), a ledger, or whatever
 * the caller has. */
#pragma once
#include "program/package.h"

/* Told each version that there is; the text is not kept. */
typedef void (*hb_package_version_fn)(void *ctx, const char *version);

/* Versions of a program, and the key of one of them. Texts that are no semantic versions are passed over; of equal precedence the first is taken. */
typedef struct hb_package_registry {
    void *ctx;
    /* Calls found once for each version of the program; for an unknown id never, which is HB_OK. */
    hb_status (*versions)(void *ctx, const char *id, hb_package_version_fn found, void *found_ctx, hb_error *err);
    /* The verifying key of a version that `versions` told. */
    hb_status (*key)(void *ctx, const char *id, const char *version, uint8_t vkey[32], hb_error *err);
} hb_package_registry;

typedef struct hb_package_resolved {
    const hb_package_dependency *dependency; /* of the package */
    char version[HB_PACKAGE_VERSION_MAX + 1];
    uint8_t vkey[32];
} hb_package_resolved;

/* Resolves all program dependencies, in their order: each to the highest version that satisfies its requirement (and is its version, if it names one). Crates
 * are passed over. out: room for hb_package_dependency_count(p); *n: how many were resolved. registry may be NULL: it supplies nothing.
 * HB_DEPENDENCY_RESOLUTION_FAILED, with a message that begins with the text of that status, says which dependency cannot be had and why. */
hb_status hb_package_resolve(hb_package_resolved *out, size_t *n, const hb_package *p, const hb_package_registry *registry, hb_error *err);
