/* Memory of a guest: 4 KiB pages that appear when touched, zero or from the image; the map's rules; time stamps for recording.
 *
 * The map (guest-abi.md): below HB_RV_RAM_LO nothing; [HB_RV_RAM_LO, HB_RV_MAP_END) memory, of which [text_lo, text_hi) must not be stored to,
 * addresses below HB_RV_STACK_TOP - stack_limit are guarded, and [HB_RV_INPUT_LO, HB_RV_MAP_END) is the input region.
 *
 * `read` and `write` give, by page number, host address minus guest address for pages where an access inside the page needs no further check, and 0
 * for all others; interpreter and translated code look there first and call hb_rvmem_touch when they find 0. One thread at a time. */
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
    uint64_t used_before[HB_RVMEM_PAGE_WORDS / 64]; /* shards: `used` at the start of the shard, while since_mark is not 0 */
} hb_rvmem_input;

/* What happened to a page since the last hb_rvmem_mark. */
enum { HB_RVMEM_TOUCHED = 1, HB_RVMEM_WRITTEN = 2 };

typedef struct hb_rvmem_page {
    uint32_t number;
    bool saved;            /* has a copy in the undo log of the current unconstrained block */
    uint8_t since_mark;    /* HB_RVMEM_TOUCHED, HB_RVMEM_WRITTEN */
    uint8_t *data;         /* HB_RVMEM_PAGE_BYTES; when recording, the time stamps follow (hb_rvmem_stamps), in a run of shards the numbers of shards (hb_rvmem_last) */
    uint32_t shard, born;  /* shards: which one the time stamps are from; in which one the page appeared */
    uint8_t *before;       /* shards: the data at the start of the shard, once the page is written to in it; else NULL */
    hb_rvmem_input *input; /* NULL outside the input region */
} hb_rvmem_page;

typedef struct hb_rvmem {
    uintptr_t *read, *write;    /* HB_RVMEM_PAGES entries each; outside unconstrained blocks write = read + HB_RVMEM_PAGES */
    uint32_t *index;            /* HB_RVMEM_PAGES entries: 1 + number in pages, or 0 */
    hb_rvmem_page *pages;       /* in order of first touch */
    uint32_t n_pages, max_pages;
    const hb_rv_program *program;
    uint64_t stack_lo;          /* lowest address that is not guarded */
    bool recording;
    bool sharded;               /* a run of shards */
    uint32_t shard;             /* number of the shard, 0: before the first */
    uint32_t n_elsewhere;       /* pages of the run that are touched, but not here (a run from a checkpoint); they count for the limit */
    uintptr_t *write_all, *write_host; /* what `write` is outside and inside an unconstrained block */
    bool host_only;             /* inside an unconstrained block */
    hb_buf undo;                /* what to put back when the block ends */
    struct hb_rvmem_chunk *chunks; /* memory that frames are cut from */
    uint8_t *free_frames;       /* zeroed frames to use again, linked by their first bytes */
    uint32_t *touched;          /* indices into pages, in order of the first access since the mark; NULL before the first mark */
    uint32_t n_touched;
    uint32_t marks;             /* how often hb_rvmem_mark has emptied entries of read and write (nothing else does) */
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

/* Copies bytes out without touching anything. False when the range is not mapped. */
bool hb_rvmem_peek(const hb_rvmem *m, uint64_t address, uint8_t *out, size_t len);

/* The same for WRITE: pages that exist count as accessed since the mark; the range is mapped. HB_TRAP_HOST_MEMORY. */
hb_rv_trap hb_rvmem_read(hb_rvmem *m, uint64_t address, uint8_t *out, size_t len);

/* The unconstrained block: leave undoes all stores since enter. Pages that appeared stay, with their initial contents, and count as touched. */
hb_rv_trap hb_rvmem_enter(hb_rvmem *m);
void hb_rvmem_leave(hb_rvmem *m);

/* Time stamps of the HB_RVMEM_PAGE_WORDS double words of a page (only recording). */
static inline uint32_t *hb_rvmem_stamps(uint8_t *data)
{
    return (uint32_t *)(void *)(data + HB_RVMEM_PAGE_BYTES);
}

/* Shards: for each double word of a page, the last shard before page->shard that accessed it; 0: none. */
static inline uint32_t *hb_rvmem_last(uint8_t *data)
{
    return hb_rvmem_stamps(data) + HB_RVMEM_PAGE_WORDS;
}

/* A run of shards: before anything is touched (recording is set). */
void hb_rvmem_set_shards(hb_rvmem *m);

/* A shard begins: all times are 0, and pages are kept as they are now until the next one begins. Marks. False: no memory. */
bool hb_rvmem_begin_shard(hb_rvmem *m, uint32_t shard);

/* The data of a page at the start of the shard. */
static inline const uint8_t *hb_rvmem_before(const hb_rvmem_page *p)
{
    return p->before ? p->before : p->data;
}

/* Adds a page as it is at the start of the shard that begins next (a checkpoint): data, numbers of shards, and in the input region the words that are used (else
 * NULL). False: it is there already, outside the map, beyond the limit, or no memory (*full). */
bool hb_rvmem_restore(hb_rvmem *m, uint32_t number, const uint8_t *data, const uint32_t *last, const uint64_t *used, bool *full);

/* Begins to log which pages are accessed, from now on and anew: hb_rvmem_touched then lists them, and since_mark tells which were stored to. Costs
 * one slow access for each page (two where it is first loaded from), and nothing before the first mark. Accesses inside an unconstrained block
 * count as touched, not as written, since its stores are undone; HINT_READ writes. Not inside such a block. HB_OUT_OF_MEMORY changes nothing. */
hb_status hb_rvmem_mark(hb_rvmem *m, hb_error *err);

/* Indices into m->pages of the pages accessed since the last mark, in order of the first access; *n = 0 and NULL before the first mark.
 * Valid until the next mark; the list may grow at its end when the guest runs on. */
const uint32_t *hb_rvmem_touched(const hb_rvmem *m, uint32_t *n);

/* The page with this number, or NULL if it was never touched. */
const hb_rvmem_page *hb_rvmem_find(const hb_rvmem *m, uint64_t number);

/* Is the word with this index filled (recording) or used? False for pages outside the input region. */
static inline bool hb_rvmem_is_used(const hb_rvmem_page *p, unsigned word)
{
    return p->input && (p->input->used[word / 64] >> (word % 64) & 1);
}

/* The double word of the image at an address (a multiple of 8), 0 outside the image. */
uint64_t hb_rvmem_image_word(const hb_rv_program *program, uint64_t address);
