/* Packages as files. Both kinds describe themselves in the same sections, laid out as hbc.h says (its container):
 *
 *   auth desc lice name vers   texts of the metadata, UTF-8
 *   prid                       the id
 *   conf                       memory, stack, gas and cycle limit, u64 each; 0: not set. In bytecode only the cycle limit is there, the others (as 0) are in LIMT
 *   deps                       u32 count, then for each: u8 kind (1 crate, 2 program); three texts, each u8 length and bytes (id, requirement, version);
 *                              u8 0, or u8 1 and 32 bytes of SHA-256
 * Integers are little-endian; a section whose content is empty, or the default, is left out.
 *
 *   .hbc   a container with CODE, LIMT and these sections
 *   ELF    the program's file; the note of elf_note.h holds a container with these sections alone */
#pragma once
#include "program/package.h"

/* Reads either kind; a program without description gives a package without one. HB_INVALID_PROGRAM (a damaged file or description, code that does not load,
 * texts or an id that may not be); what hb_package_set_configuration and hb_package_add_dependency return for what the file says; HB_OUT_OF_MEMORY. On
 * failure *out is all zero. */
hb_status hb_package_read(hb_package *out, const uint8_t *bytes, size_t len, hb_error *err);

/* Appends the file. Equal packages give equal bytes; reading them gives the package again. HB_OUT_OF_MEMORY, HB_INVALID_PROGRAM (an ELF file whose section
 * headers are damaged). On failure out is unchanged. */
hb_status hb_package_write(hb_buf *out, const hb_package *p, hb_error *err);
