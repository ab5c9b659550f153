/* Memory of a guest: 4 KiB pages that appear when touched, zero or from the image; the map's rules; time stamps for recording.
 *
 * The map (guest-abi.md): below HB_RV_RAM_LO nothing; [HB_RV_RAM_LO, HB_RV_MAP_END) memory, of which [text_lo, text_hi) must not be stored to,
 * addresses below HB_RV_STACK_TOP - stack_limit are guarded, and [HB_RV_INPUT_LO, HB_RV_MAP_END) is the input region.
 *
 * `read` and `write` give, by page number, the data of pages for which an access inside the page needs no further check, and NULL for all others; the
 * interpreter looks there first and calls hb_rvmem_touch when it finds NULL. One thread at a time. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "rv/rvprogram.h"
#include "rv/rvtrap.h"

#define HB_RVMEM_PAGE_LOG2 12
#define HB_RVMEM_PAGE_BYTES (UINT64_C(1) << HB_RVMEM_PAGE_LOG2)
#define HB_RVMEM_PAGES (HB_RV_MAP_END >> HB_RVMEM_PAGE_LOG2)
#define HB_RVMEM_PAGE_WORDS (HB_RVMEM_PAGE_BYTES / 8)

/* Extra knowledge about a page of the input region. */
typedef struct hb_rvmem_input {
    uint64_t used[HB_RVMEM_PAGE_WORDS / 64]; /* words that HINT_READ filled; without recording also those that the guest accessed */
    uint64_t init[HB_RVMEM_PAGE_WORDS];      /* what HINT_READ put there (only recording) */
} hb_rvmem_input;

typedef struct hb_rvmem_page {
    uint32_t number;
    bool saved;            /* has a copy in the undo log of the current unconstrained block */
    uint8_t *data;         /* HB_RVMEM_PAGE_BYTES; when recording, the time stamps follow (hb_rvmem_stamps) */
    hb_rvmem_input *input; /* NULL outside the input region */
} hb_rvmem_page;

typedef struct hb_rvmem {
    uint8_t **read, **write;    /* HB_RVMEM_PAGES entries each */
    uint32_t *index;            /* HB_RVMEM_PAGES entries: 1 + number in pages, or 0 */
    hb_rvmem_page *pages;       /* in order of first touch */
    uint32_t n_pages, max_pages;
    const hb_rv_program *program;
    uint64_t stack_lo;          /* lowest address that is not guarded */
    bool recording;
    uint8_t **write_all, **write_host; /* what `write` is outside and inside an unconstrained block */
    bool host_only;             /* inside an unconstrained block */
    hb_buf undo;                /* what to put back when the block ends */
    struct hb_rvmem_chunk *chunks; /* memory that frames are cut from */
    uint8_t *free_frames;       /* zeroed frames to use again, linked by their first bytes */
} hb_rvmem;

/* memory_limit and stack_limit in bytes; stack_limit 0: no guard. program must outlive *m. HB_OUT_OF_MEMORY leaves *m freed. */
hb_status hb_rvmem_init(hb_rvmem *m, const hb_rv_program *program, uint64_t memory_limit, uint64_t stack_limit, bool recording, hb_error *err);
void hb_rvmem_free(hb_rvmem *m);

/* Prepares an access to [address, address + bytes), bytes in 1..8, any alignment: checks the map, brings in the pages (at most two; page[1] = page[0] when
 * one is enough). In an unconstrained block, a store saves the pages first; outside one, touched words of the input region become used.
 * A trap changes nothing that the guest can see. */
hb_rv_trap hb_rvmem_touch(hb_rvmem *m, uint64_t address, unsigned bytes, bool store, uint8_t *page[2]);

/* Any width and alignment, little-endian; with all the checks. */
hb_rv_trap hb_rvmem_load(hb_rvmem *m, uint64_t address, unsigned bytes, uint64_t *value);
hb_rv_trap hb_rvmem_store(hb_rvmem *m, uint64_t address, unsigned bytes, uint64_t value);

/* HINT_READ: puts len bytes, zero-padded to double words, at address as initial values. HB_TRAP_HINT_* or HB_TRAP_MEMORY_LIMIT. */
hb_rv_trap hb_rvmem_fill(hb_rvmem *m, uint64_t address, const uint8_t *bytes, size_t len);

/* Does [address, address + len) lie in [HB_RV_RAM_LO, HB_RV_MAP_END)? An empty range does wherever it is. */
static inline bool hb_rvmem_is_mapped(uint64_t address, uint64_t len)
{
    return !len || (address >= HB_RV_RAM_LO && address < HB_RV_MAP_END && len <= HB_RV_MAP_END - address);
}

/* Copies bytes out without touching anything (WRITE). False when the range is not mapped. */
bool hb_rvmem_peek(const hb_rvmem *m, uint64_t address, uint8_t *out, size_t len);

/* The unconstrained block: leave undoes all stores since enter. Pages that appeared stay, with their initial contents, and count as touched. */
hb_rv_trap hb_rvmem_enter(hb_rvmem *m);
void hb_rvmem_leave(hb_rvmem *m);

/* Time stamps of the HB_RVMEM_PAGE_WORDS double words of a page (only recording). */
static inline uint32_t *hb_rvmem_stamps(uint8_t *data)
{
    return (uint32_t *)(void *)(data + HB_RVMEM_PAGE_BYTES);
}

/* The page with this number, or NULL if it was never touched. */
const hb_rvmem_page *hb_rvmem_find(const hb_rvmem *m, uint64_t number);

/* Is the word with this index filled (recording) or used? False for pages outside the input region. */
static inline bool hb_rvmem_is_used(const hb_rvmem_page *p, unsigned word)
{
    return p->input && (p->input->used[word / 64] >> (word % 64) & 1);
}

/* The double word of the image at an address (a multiple of 8), 0 outside the image. */
uint64_t hb_rvmem_image_word(const hb_rv_program *program, uint64_t address);
