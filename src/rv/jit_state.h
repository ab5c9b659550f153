/* Inside of the translator. Only its own files and tests include this. Words: everything is by index of a word of text
 * (rvprogram_priv.h: decoded).
 *
 * A block is code for the instructions from its first word up to a jump, a call, a word that does not decode, the
 * next leader, or HB_JIT_BLOCK_MAX instructions; a branch that is not taken stays inside. `left` (r15) is what the
 * run may still execute minus the block's length: entering a block costs one subtraction and a test, and every way
 * out adds what was not executed. */
#pragma once
#include "rv/interp_state.h"
#include "rv/jit.h"
#include "rv/jit_code.h"
#include "rv/jit_x64.h"

#define HB_JIT_BLOCK_MAX 64
#define HB_JIT_NONE UINT32_MAX
#define HB_JIT_UNMAPPED (-1)

enum {
    HB_JIT_STATE = X_RBP, /* &run->x[16], so that x[0..31] are in reach of 8-bit displacements */
    HB_JIT_LEFT = X_R15,
    HB_JIT_PAGES = X_R14, /* run->mem.read; write lies HB_RVMEM_PAGES entries behind */
    HB_JIT_REGISTERS = 9  /* others hold guest registers; rax, rcx, rdx are scratch */
};

/* Why translated code came back; in the upper half of its result, the word to go on with in the lower. */
typedef enum hb_jit_exit {
    HB_JIT_EXIT_BUDGET,        /* the next block is longer than what is left */
    HB_JIT_EXIT_MISS,          /* the next word has no translation */
    HB_JIT_EXIT_MISS_INDIRECT, /* the same, and its start must still be counted */
    HB_JIT_EXIT_CALL,          /* it is an ECALL */
    HB_JIT_EXIT_INTERPRET,     /* it traps: the interpreter knows how */
    HB_JIT_EXIT_TRAP,          /* it trapped: run->trap is set */
    HB_JIT_EXITS
} hb_jit_exit;

enum {
    HB_JIT_LEADER = 1,   /* a block starts here, and blocks before it end */
    HB_JIT_RETURN = 2,   /* reached by JALR as a rule: the checked entry comes right before the body */
    HB_JIT_PLANNED = 4,  /* has a body, or will have one when the current batch is done */
    HB_JIT_LOOP = 16,    /* a jump backwards leads here */
    HB_JIT_MISSED = 32,  /* was looked for once without success */
    HB_JIT_SCATTERED = 8 /* a load or store that often goes to another page than the time before */
};

typedef struct hb_jit_word {
    uint32_t body;    /* offset of the code that expects left >= 0 after subtracting the length; 0: none */
    uint32_t waiting; /* 1 + the first of the slots that want to lead here; 0: none */
    uint8_t flags, len;
} hb_jit_word;

/* Code behind the blocks for what happens rarely. */
typedef struct hb_jit_cold {
    enum { HB_JIT_COLD_EXIT, HB_JIT_COLD_ACCESS, HB_JIT_COLD_SLOT, HB_JIT_COLD_ENTRY } kind;
    hb_jit_exit exit;
    uint8_t *site[2]; /* jumps to it; NULL: none */
    uint8_t *resume;  /* ACCESS: where to go on */
    uint8_t *hit;     /* ACCESS with a site: where the access is */
    const void *kept; /* ACCESS: the hb_jit_site, or NULL */
    bool store;       /* ACCESS */
    uint64_t *cell;   /* SLOT: gets its address */
    uint32_t word;
    int32_t add;     /* to left */
    uint8_t address; /* ACCESS: register that holds the guest address */
} hb_jit_cold;

typedef struct hb_jit_fix {
    uint8_t *site;
    uint32_t word; /* whose body it leads to */
} hb_jit_fix;

typedef struct hb_jit_slot {
    uint64_t *cell;
    uint32_t next; /* as hb_jit_word.waiting */
} hb_jit_slot;

/* What a load or store keeps of the page that it last went to, so that the next access there needs no look into the
 * page table. Shared by those of a block that have the same base register. page: guest address, or HB_JIT_NO_PAGE;
 * bias: the entry of rvmem.h. */
typedef struct hb_jit_site {
    uint64_t page, bias;
} hb_jit_site;

#define HB_JIT_NO_PAGE UINT64_MAX

typedef struct hb_jit_misses {
    uint32_t word, cell; /* a load or store; the counter of its looks into the page table */
} hb_jit_misses;

/* A counter of jumps: runs that ended before `from` and began at `to` (HB_JIT_NONE: neither). */
typedef struct hb_jit_edge {
    uint32_t from, to, cell;
} hb_jit_edge;

/* A branch of the current block whose jump comes behind it. */
typedef struct hb_jit_side {
    uint8_t *site;
    uint32_t word, at; /* target; place in the block */
} hb_jit_side;

/* A growing list. */
typedef struct hb_jit_list {
    hb_buf buf;
    size_t n;
} hb_jit_list;

struct hb_rv_jit {
    const hb_rv_loaded *loaded;
    uint32_t n_words;
    bool eager; /* translate at once */
    bool ready; /* code memory is there */
    bool off;   /* refused: interpret */
    bool bmi2;
    bool failed;           /* no memory in the middle of a batch */
    uint64_t next_look;    /* cycles at which to look at what is hot */
    uint64_t interpret_to; /* cycles until which code that is not translated is left to the interpreter */
    uint64_t instructions; /* done by translated code */
    uint32_t n_late;       /* blocks translated since everything was */
    uint64_t n_batches;    /* how often something was translated */

    hb_jit_code code;
    size_t used;             /* bytes of code */
    size_t piece, piece_end; /* the part of the code memory that is being filled; it is opened as a whole */
    size_t start;            /* where blocks begin, behind the common routines */
    uint64_t *map;           /* code.data: address of the counting entry of each word, or 0 */
    uint64_t *mask;          /* four words behind the map, by log2 of the access: bits that an address must not have */
    hb_jit_site *sites;      /* behind them */
    uint64_t *cells;         /* behind them: counters and slots */
    uint32_t n_sites, n_cells, max_cells; /* as many sites as cells are possible */
    uint32_t marks;                       /* of run->mem when the sites were last right */
    hb_jit_word *words;                   /* n_words + 1 */
    int8_t host[33];                      /* host register of each guest register, or HB_JIT_UNMAPPED */
    uint8_t *enter, *exits[HB_JIT_EXITS], *access, *look_up[2][4]; /* common routines; [store][log2 of bytes] */
    hb_jit_list edges, slots, cold, fixes, sides, misses;          /* of hb_jit_edge, ... */
    hb_jit_list batch;  /* of uint32_t: first words of the blocks to translate */
    size_t batch_bytes; /* at most so much code will come of it */
    hb_jit_list known;  /* of uint32_t: words that have a body, a slot waiting, or are planned */

    /* the block that is being translated */
    hb_x64 e;
    uint32_t first, len, at;     /* words; at: the current one, as an offset */
    uint32_t next;               /* whose body must come right behind, HB_JIT_NONE: any */
    const uint64_t *counts;      /* how often each word ran, NULL when not known */
    hb_jit_site *site_of[2][32]; /* [store][base register] of this block, or NULL */
};

/* What C calls: hb_rv_run with x etc., where to begin, left minus the length of that block. */
typedef uint64_t hb_jit_enter_fn(hb_rv_run *m, const uint8_t *body, int64_t left);

/* jit_blocks.c. Marks where blocks must begin. */
void hb_jit_find_leaders(hb_rv_jit *j);
/* Translates the block at a word and some that follow it. False: no memory; then nothing translated may be used any
 * more. */
bool hb_jit_translate(hb_rv_jit *j, const hb_rv_run *m, uint32_t word);
/* Looks at what is hot, chooses registers and, if that or new blocks make it worth while, translates everything that
 * has run anew, and a word. False as above. */
bool hb_jit_look(hb_rv_jit *j, const hb_rv_run *m, uint32_t word);

/* jit_routines.c. Writes the common routines for the current choice of registers at the start of the code. */
void hb_jit_emit_routines(hb_rv_jit *j);
void hb_jit_emit_cold(hb_rv_jit *j);

/* jit_alu.c: the operation at the current word, or that and the one behind it; how many were translated. Not for
 * jumps, branches, loads, stores, ECALL. */
unsigned hb_jit_emit_operation(hb_rv_jit *j);

/* jit_memory.c */
void hb_jit_emit_load(hb_rv_jit *j, const hb_rv_decoded *d);
void hb_jit_emit_store(hb_rv_jit *j, const hb_rv_decoded *d);
/* Makes all sites forget their pages. */
void hb_jit_forget_pages(hb_rv_jit *j);
/* Marks scattered loads and stores by what was counted. counts: executions of each word. */
void hb_jit_find_scattered(hb_rv_jit *j, const uint64_t *counts);
/* The slow path: does the load or store at a word completely; nonzero: it trapped. */
uint32_t hb_jit_access(hb_rv_run *m, uint64_t address, uint32_t word);

/* jit_flow.c: the beginning of a block; branches and jumps at the current word; the end. They set j->next when the
 * block falls into that one. */
void hb_jit_emit_branch(hb_rv_jit *j, const hb_rv_decoded *d);
void hb_jit_emit_jal(hb_rv_jit *j, const hb_rv_decoded *d);
void hb_jit_emit_jalr(hb_rv_jit *j, const hb_rv_decoded *d);
void hb_jit_emit_entry(hb_rv_jit *j);
void hb_jit_emit_end(hb_rv_jit *j);
/* The checked entries of a block whose body is there. */
void hb_jit_emit_late_entry(hb_rv_jit *j, uint32_t word);
/* Where the JALR at a word jumps to when the AUIPC before it tells, else HB_JIT_NONE. */
uint32_t hb_jit_static_target(const hb_rv_jit *j, uint32_t word);

/* jit.c: lists. NULL, and j->failed, without memory. */
void *hb_jit_push(hb_rv_jit *j, hb_jit_list *list, const void *element, size_t bytes);
/* A zeroed cell; a spare one and j->failed when there are no more. */
uint64_t *hb_jit_cell(hb_rv_jit *j);

static inline const hb_rv_decoded *hb_jit_insn(const hb_rv_jit *j, uint32_t word)
{
    return &j->loaded->decoded[word];
}

/* Byte address of a word of text, below 2^32. */
static inline uint64_t hb_jit_pc(const hb_rv_jit *j, uint32_t word)
{
    return j->loaded->text_base + 4 * (uint64_t)word;
}

static inline hb_x64_rm hb_jit_slot_of(unsigned g)
{
    return x_mem(HB_JIT_STATE, 8 * ((int)g - 16));
}

/* Guest register as an operand. Not for x0. */
static inline hb_x64_rm hb_jit_operand(const hb_rv_jit *j, unsigned g)
{
    return j->host[g] >= 0 ? x_reg((unsigned)j->host[g]) : hb_jit_slot_of(g);
}

/* to := guest register (x0: 0). */
static inline void hb_jit_read(hb_rv_jit *j, unsigned to, unsigned g)
{
    if (g == 0)
        x_const(&j->e, to, 0);
    else if (j->host[g] >= 0)
        x_mov(&j->e, to, (unsigned)j->host[g]);
    else
        x_op(&j->e, true, X_MOV, to, hb_jit_slot_of(g));
}

/* A host register that holds the guest register: its own, or scratch. */
static inline unsigned hb_jit_source(hb_rv_jit *j, unsigned g, unsigned scratch)
{
    if (g && j->host[g] >= 0)
        return (unsigned)j->host[g];
    hb_jit_read(j, scratch, g);
    return scratch;
}

/* Where to compute a result for rd: its register, or scratch; hb_jit_written then puts it where it belongs. */
static inline unsigned hb_jit_target(const hb_rv_jit *j, unsigned rd, unsigned scratch)
{
    return j->host[rd] >= 0 ? (unsigned)j->host[rd] : scratch;
}

static inline void hb_jit_written(hb_rv_jit *j, unsigned rd, unsigned from)
{
    if (j->host[rd] >= 0)
        x_mov(&j->e, (unsigned)j->host[rd], from);
    else
        x_op(&j->e, true, X_MOV_STORE, from, hb_jit_slot_of(rd));
}

static inline void hb_jit_write_const(hb_rv_jit *j, unsigned rd, uint64_t v)
{
    if (j->host[rd] >= 0) {
        x_const(&j->e, (unsigned)j->host[rd], v);
    } else if ((int64_t)v == (int32_t)v) {
        x_store_imm(&j->e, 8, hb_jit_slot_of(rd), (int32_t)v);
    } else {
        x_const(&j->e, X_RAX, v);
        hb_jit_written(j, rd, X_RAX);
    }
}
