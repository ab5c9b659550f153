/* Memory from the operating system: whole pages, and an arena that is reserved once and handed out by bumping a pointer.
 *
 * A proof's memory is sized before work starts (architecture rule 6): "does not fit" is an answer of hb_arena_init or of
 * hb_arena_alloc, never a crash later. An arena belongs to one thread at a time; memory from it may be used by any thread. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define HB_ARENA_ALIGN 64 /* bytes; one cache line, one AVX-512 vector */

/* Zeroed anonymous pages, page-aligned; 2 MiB-aligned and with huge pages asked for when bytes >= 2 MiB. NULL when the system has
 * none left. bytes = 0 counts as 1. */
void *hb_pages_alloc(size_t bytes);

/* Gives back what hb_pages_alloc(bytes) returned, with the same bytes. p may be NULL. */
void hb_pages_free(void *p, size_t bytes);

typedef struct hb_arena {
    uint8_t *base;
    size_t size, used, peak; /* bytes; used <= peak <= size; multiples of HB_ARENA_ALIGN */
} hb_arena;

/* Reserves room for `bytes` bytes (rounded up to HB_ARENA_ALIGN). HB_OUT_OF_MEMORY, with *a empty, when the system has none. */
hb_status hb_arena_init(hb_arena *a, size_t bytes);

/* Gives everything back. Also right for an all-zero arena; the arena is then empty. */
void hb_arena_free(hb_arena *a);

/* `bytes` bytes (0 counts as 1), aligned to HB_ARENA_ALIGN, contents undefined. NULL when they do not fit; the arena is unchanged. */
void *hb_arena_alloc(hb_arena *a, size_t bytes);

/* As hb_arena_alloc for count * size bytes; NULL also when the product overflows. */
void *hb_arena_alloc_many(hb_arena *a, size_t count, size_t size);

/* A mark remembers the fill level; release frees everything allocated since (marks are released in reverse order of making). */
size_t hb_arena_mark(const hb_arena *a);
void hb_arena_release(hb_arena *a, size_t mark);

/* Bytes that were in use at the fullest moment since init. */
size_t hb_arena_peak(const hb_arena *a);
