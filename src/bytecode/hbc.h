/* The container of bytecode programs, file name *.hbc.
 *
 *   offset  bytes
 *   0       8      magic: 89 48 42 43 0d 0a 1a 0a ("\x89HBC\r\n\x1a\n")
 *   8       4      version, u32: 1
 *   12      4      number of sections, u32: 1 to 64
 *   16             the sections, one behind the other up to the end of the file:
 *                    4      tag, four printable ASCII characters
 *                    8      length of the data, u64
 *                           the data
 *
 * Integers are little-endian. Sections ascend by tag, each tag occurs once. A tag that begins with a capital letter says what runs, and a reader must know
 * it; all others describe (name, author, dependencies, ...), never change the image or its key, and are skipped by who does not know them.
 *   CODE  the bytecode; required
 *   LIMT  stack limit, memory limit (bytes), gas limit, u64 each; without it the defaults hold */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "bytecode/bcode_program.h"
#include "rv/rvprogram.h"

#define HB_HBC_VERSION 1u
#define HB_HBC_MAX_SECTIONS 64u

typedef struct hb_hbc_section {
    char tag[4];
    const uint8_t *data;
    size_t len;
} hb_hbc_section;

typedef struct hb_hbc {
    hb_hbc_section sections[HB_HBC_MAX_SECTIONS];
    uint32_t n;
} hb_hbc;

/* Do the bytes begin with the magic? */
bool hb_hbc_is(const uint8_t *bytes, size_t len);

/* Parses; the sections point into bytes. HB_INVALID_PROGRAM with "Invalid program: offset N: reason" and err->offset. Unknown capital tags are refused. */
hb_status hb_hbc_parse(hb_hbc *out, const uint8_t *bytes, size_t len, hb_error *err);

/* The section with this tag, or NULL. */
const hb_hbc_section *hb_hbc_find(const hb_hbc *c, const char tag[4]);

/* Appends a container. HB_INVALID_ARGUMENT when the sections do not ascend, are none or too many, or a tag is not printable; HB_OUT_OF_MEMORY. */
hb_status hb_hbc_write(hb_buf *out, const hb_hbc_section *sections, size_t n);

/* A container of code and limits alone. */
hb_status hb_bytecode_write(hb_buf *out, const uint8_t *code, size_t len, const hb_bytecode_limits *limits);

/* Container to validated program. Errors of hb_hbc_parse and hb_bytecode_program_make (whose offsets count from the start of the code). Limits beyond the
 * maxima are HB_INVALID_PROGRAM. */
hb_status hb_bytecode_read(hb_bytecode_program *out, const uint8_t *bytes, size_t len, hb_error *err);

/* For whoever accepts programs of both kinds: bytes of a container or of an ELF file to a loaded image (hb_rv_program_free). Errors as above, and those of
 * hb_rv_elf_load. */
hb_status hb_bytecode_load(hb_rv_program *out, const uint8_t *bytes, size_t len, hb_error *err);
