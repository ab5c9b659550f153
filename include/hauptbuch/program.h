/* Programs: code of either kind, with what it says of itself. C17 and C++.
 *
 * A program is made from the bytes of an ELF file (RV64IM) or of a .hbc container; `hauptbuch build` and `hauptbuch asm` make both. It may be shared by any number of threads
 * as long as nobody changes it. */
#pragma once
#include <stddef.h>

#include "hauptbuch/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hb_program hb_program;

typedef enum hb_program_kind { HB_PROGRAM_ELF = 1, HB_PROGRAM_BYTECODE = 2 } hb_program_kind;

/* Texts are UTF-8; "" is "not given". Pointers that a getter returns belong to the program and stay valid until it is changed or freed. */
typedef struct hb_program_metadata {
    const char *name, *version, *author, *description, *license;
} hb_program_metadata;

typedef struct hb_program_configuration {
    uint64_t memory_limit, stack_limit; /* bytes; 0: not set */
    uint64_t gas_limit, cycle_limit;
} hb_program_configuration;

typedef enum hb_program_dependency_kind { HB_PROGRAM_NEEDS_CRATE = 1, HB_PROGRAM_NEEDS_PROGRAM = 2 } hb_program_dependency_kind;

/* A crate is recorded and never resolved; a program is resolved to its verifying key. requirement: exact, ^, ~, >=, as in Cargo; a bare version means ^. version: the one that was
 * taken. Either may be NULL. */
typedef struct hb_program_dependency {
    hb_program_dependency_kind kind;
    const char *id, *requirement, *version;
} hb_program_dependency;

/* HB_INVALID_PROGRAM (the message says where and why), HB_OUT_OF_MEMORY, HB_IO. *program is NULL then. */
HB_PUBLIC hb_status hb_program_from_bytes(hb_program **program, const uint8_t *bytes, size_t n, hb_error *err);
HB_PUBLIC hb_status hb_program_from_file(hb_program **program, const char *path, hb_error *err);
HB_PUBLIC void hb_program_free(hb_program *program); /* NULL is fine */

HB_PUBLIC hb_program_kind hb_program_get_kind(const hb_program *program);
HB_PUBLIC const char *hb_program_get_id(const hb_program *program);
HB_PUBLIC hb_program_metadata hb_program_get_metadata(const hb_program *program);
HB_PUBLIC hb_program_configuration hb_program_get_configuration(const hb_program *program);
HB_PUBLIC size_t hb_program_dependency_count(const hb_program *program);
HB_PUBLIC hb_program_dependency hb_program_get_dependency(const hb_program *program, size_t i); /* i < count */

/* Changes; the program is unchanged after a failure. Ids match [a-z0-9][a-z0-9_.-]{0,63}. The limits of a bytecode program are part of its code: changing them changes its verifying
 * key. HB_INVALID_ARGUMENT, HB_MEMORY_LIMIT_EXCEEDED, HB_STACK_LIMIT_EXCEEDED; for dependencies HB_INVALID_DEPENDENCY, HB_DUPLICATE_DEPENDENCY, HB_INVALID_DEPENDENCY_VERSION. */
HB_PUBLIC hb_status hb_program_set_id(hb_program *program, const char *id, hb_error *err);
HB_PUBLIC hb_status hb_program_set_metadata(hb_program *program, const hb_program_metadata *metadata, hb_error *err);
HB_PUBLIC hb_status hb_program_set_configuration(hb_program *program, const hb_program_configuration *configuration, hb_error *err);
HB_PUBLIC hb_status hb_program_add_dependency(hb_program *program, const hb_program_dependency *dependency, hb_error *err);

/* The program as a file: with malloc; free it with hb_bytes_free. */
HB_PUBLIC hb_status hb_program_to_bytes(const hb_program *program, uint8_t **bytes, size_t *n, hb_error *err);

/* Gives back what a function of this library has allocated for the caller. */
HB_PUBLIC void hb_bytes_free(uint8_t *bytes);

#ifdef __cplusplus
}
#endif
