/* A note in an ELF file that nothing loads: where a program package keeps its description.
 *
 * The note stands alone in a section ".note.hauptbuch" (SHT_NOTE, not allocated, in no segment): owner "hauptbuch", type 1. Segments, their bytes and hence the
 * verifying key are what they were. A file that has such a section already gets the new note in its place.
 *
 * Layout: "ELF-64 Object File Format" (Tool Interface Standard). Files are hostile: every offset is checked. */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

#define HB_ELF_NOTE_OWNER "hauptbuch"
#define HB_ELF_NOTE_TYPE 1u

/* The data of the note, inside of file; false when there is none or the section headers are damaged. */
bool hb_elf_note_find(const uint8_t *file, size_t len, const uint8_t **data, size_t *n);

/* Appends to out the file (ELF64, little-endian) with the note. HB_INVALID_PROGRAM: section headers that are damaged, or too many; HB_OUT_OF_MEMORY. On
 * failure out is unchanged. */
hb_status hb_elf_note_write(hb_buf *out, const uint8_t *file, size_t len, const uint8_t *data, size_t n, hb_error *err);
