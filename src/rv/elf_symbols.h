/* Symbols of an ELF file, for messages and profiles only. Part of the loader (elf.c). */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "rv/rvprogram.h"

/* Adds the function symbols that lie in the program's text. Damaged tables, or no memory for them: the program stays without symbols.
 * bytes is a whole file whose ELF64 header has been checked. */
void hb_rv_elf_read_symbols(hb_rv_program *program, const uint8_t *bytes, size_t len);
