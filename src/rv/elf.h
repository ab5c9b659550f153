/* The ELF loader: bytes of a file to a hb_rv_program, by the rules of guest-abi.md.
 *
 * Input is hostile: every offset and size is checked against the file before use, work and memory are bounded by the file's length and by
 * HB_RV_MAX_IMAGE_BYTES, and whatever breaks a rule is HB_INVALID_PROGRAM with the number of the program header and the reason. */
#pragma once
#include "rv/rvprogram.h"

#define HB_ELF_MAX_HEADERS 256

/* Accepted: ELF64, little-endian, RISC-V, ET_EXEC, 1 to HB_ELF_MAX_HEADERS program headers, no PT_INTERP or PT_DYNAMIC; the PT_LOADs obey
 * hb_rv_program_build. Notes and all other headers are ignored. Section headers only serve for symbols (names of functions): when
 * they are damaged, the program has no symbols and is otherwise the same. bytes may be given back after the call. */
hb_status hb_rv_elf_load(hb_rv_program *out, const uint8_t *bytes, size_t len, hb_error *err);
