/* Caller's memory for code without a heap: a bump allocator over a fixed span. Freestanding, all inline.
 *
 * Verifiers take one and never give memory back; whoever calls them owns the span. To reuse space of a finished step copy the struct
 * before and restore it after. NULL means full: a verifier then rejects with HB_R_SCRATCH. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define HB_SCRATCH_ALIGN 64u

typedef struct hb_scratch {
    uint8_t *p;  /* next free byte, any alignment */
    size_t left; /* bytes from p on */
} hb_scratch;

static inline hb_scratch hb_scratch_of(void *memory, size_t bytes)
{
    return (hb_scratch){memory, bytes};
}

/* `bytes` bytes (0 counts as 1) aligned to HB_SCRATCH_ALIGN, contents undefined. NULL, with *s unchanged, when they do not fit. */
static inline void *hb_scratch_alloc(hb_scratch *s, size_t bytes)
{
    size_t skip = (size_t)(-(uintptr_t)s->p & (HB_SCRATCH_ALIGN - 1));
    bytes = bytes ? bytes : 1;
    if (skip > s->left || bytes > s->left - skip)
        return NULL;
    uint8_t *p = s->p + skip;
    s->p = p + bytes;
    s->left -= skip + bytes;
    return p;
}

/* As hb_scratch_alloc for count * size bytes; NULL also when the product overflows. */
static inline void *hb_scratch_alloc_many(hb_scratch *s, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    return hb_scratch_alloc(s, count * size);
}
