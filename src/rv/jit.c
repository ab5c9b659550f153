/* The translator from outside: who gets one, when it looks at what is hot, and the loop around translated code. */
#include "rv/jit.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cpu.h"
#include "base/log.h"
#include "rv/jit_state.h"

#if HB_RV_JIT

enum {
    CODE_BYTES = 64 << 20,
    CELLS = CODE_BYTES / 64,
    FIRST_LOOK = 1 << 18,       /* instructions; the interpreter has done so much by the time a translation is ready */
    FIRST_EAGER_LOOK = 1 << 12, /* early enough for tests to come by */
    LOOK_FACTOR = 4,
    STRETCH = 1 << 10,   /* instructions */
    BATCH_COST = 1 << 14 /* instructions of the interpreter that cost more than translating some blocks */
};

static bool wished(const char *what)
{
    const char *wish = getenv("HB_JIT");
    return wish && strcmp(wish, what) == 0;
}

bool hb_rv_jit_available(void)
{
    return !wished("0");
}

hb_rv_jit *hb_rv_jit_create(const hb_rv_loaded *loaded, hb_rv_engine engine)
{
    if (engine == HB_RV_ENGINE_INTERPRETER || !hb_rv_jit_available())
        return NULL;
    hb_rv_jit *j = calloc(1, sizeof *j);
    if (!j)
        return NULL;
    j->loaded = loaded;
    j->n_words = (uint32_t)loaded->n_decoded;
    j->eager = engine == HB_RV_ENGINE_TRANSLATOR || wished("always");
    j->next_look = j->eager ? 0 : FIRST_LOOK;
    return j;
}

static void free_list(hb_jit_list *list)
{
    hb_buf_free(&list->buf);
}

void hb_rv_jit_free(hb_rv_jit *j)
{
    if (!j)
        return;
    hb_jit_code_free(&j->code);
    hb_pages_free(j->words, (j->n_words + UINT64_C(1)) * sizeof *j->words);
    free_list(&j->edges);
    free_list(&j->slots);
    free_list(&j->cold);
    free_list(&j->fixes);
    free_list(&j->sides);
    free_list(&j->misses);
    free_list(&j->batch);
    free_list(&j->known);
    free(j);
}

uint64_t hb_rv_jit_patience(const hb_rv_jit *j, uint64_t done)
{
    const uint64_t until = j->interpret_to > done && j->interpret_to < j->next_look ? j->interpret_to : j->next_look;
    return j->off ? UINT64_MAX : until > done ? until - done : 1;
}

uint64_t hb_rv_jit_instructions(const hb_rv_jit *j)
{
    return j ? j->instructions : 0;
}

void *hb_jit_push(hb_rv_jit *j, hb_jit_list *list, const void *element, size_t bytes)
{
    if (hb_buf_append(&list->buf, element, bytes) != HB_OK) {
        j->failed = true;
        return NULL;
    }
    return list->buf.data + bytes * list->n++;
}

uint64_t *hb_jit_cell(hb_rv_jit *j)
{
    if (j->n_cells == j->max_cells) {
        j->failed = true;
        return j->cells;
    }
    return &j->cells[j->n_cells++];
}

void hb_rv_jit_count(hb_rv_jit *j, int64_t *delta)
{
    for (size_t k = 0; j && k < j->edges.n; k++) {
        const hb_jit_edge *e = (const hb_jit_edge *)(const void *)j->edges.buf.data + k;
        const int64_t n = (int64_t)j->cells[e->cell];
        j->cells[e->cell] = 0;
        if (e->from != HB_JIT_NONE)
            delta[e->from] -= n;
        if (e->to != HB_JIT_NONE)
            delta[e->to] += n;
    }
}

/* From now on the interpreter does everything. The counters stay until they are asked for. */
static void give_up(hb_rv_jit *j)
{
    hb_log(HB_LOG_WARN, "no executable memory for translated code: the interpreter goes on (HB_JIT=0 asks for that)");
    j->off = true;
}

static bool get_ready(hb_rv_jit *j)
{
    const size_t map = (size_t)j->n_words * sizeof *j->map, mask = 4 * sizeof *j->mask;
    j->words = hb_pages_alloc((j->n_words + UINT64_C(1)) * sizeof *j->words);
    if (!j->words ||
        !hb_jit_code_init(&j->code, CODE_BYTES, map + mask + CELLS * (sizeof *j->sites + sizeof *j->cells)))
        return false;
    j->map = (uint64_t *)(void *)j->code.data;
    j->mask = j->map + j->n_words;
    j->sites = (hb_jit_site *)(void *)(j->mask + 4);
    j->cells = (uint64_t *)(void *)(j->sites + CELLS);
    j->max_cells = CELLS;
    for (unsigned k = 0; k < 4; k++)
        j->mask[k] = ~(HB_RV_MAP_END - 1) | ((UINT64_C(1) << k) - 1);
    memset(j->host, HB_JIT_UNMAPPED, sizeof j->host);
    j->bmi2 = hb_isa_current() >= HB_ISA_AVX2;
    hb_jit_find_leaders(j);
    return j->ready = true;
}

static void look(hb_rv_jit *j, hb_rv_run *m, uint32_t word)
{
    const uint64_t first = j->eager ? FIRST_EAGER_LOOK : FIRST_LOOK;
    uint64_t next = m->cycles < first ? first : m->cycles;
    while (next <= m->cycles)
        next *= LOOK_FACTOR;
    j->next_look = next;
    if ((!j->ready && !get_ready(j)) || !hb_jit_look(j, m, word))
        give_up(j);
}

/* The function that runs translated code; a pointer to memory that was written has no other way to become one. */
static hb_jit_enter_fn *entry_of(const hb_rv_jit *j)
{
    hb_jit_enter_fn *f;
    memcpy(&f, &j->enter, sizeof f);
    return f;
}

/* The ECALL at m->ip. NONE: go on behind it. */
static hb_rv_exit call(hb_rv_run *m)
{
    m->left--;
    hb_rv_exit why = hb_rv_call(m, m->x[HB_RV_T0], m->x[HB_RV_A0], m->x[HB_RV_A1]);
    if (why == HB_RV_EXIT_NONE)
        m->ip++;
    if (why == HB_RV_EXIT_TRAP)
        m->left++; /* it did not happen */
    return why;
}

/* Runs translated code from a word on, whose block fits into what is left, until it comes back. */
static hb_jit_exit enter(hb_rv_jit *j, hb_rv_run *m, uint32_t word)
{
    const int64_t before = m->left;
    const uint64_t r = entry_of(j)(m, j->code.base + j->words[word].body, m->left - j->words[word].len);
    j->instructions += (uint64_t)(before - m->left);
    m->ip = m->loaded->decoded + (uint32_t)r;
    return (hb_jit_exit)(r >> 32);
}

/* Makes sure that a word is translated, or says that it shall be interpreted for a while: code is translated when it
 * is met a second time or when the interpreter is still in such code after a while (then not `fresh`), and never so
 * often that it costs more than it can bring. */
static bool is_there(hb_rv_jit *j, hb_rv_run *m, uint32_t word, bool fresh)
{
    hb_jit_word *w = &j->words[word];
    if (w->body)
        return true;
    hb_rv_account(m);
    if (!j->eager && ((fresh && !(w->flags & HB_JIT_MISSED)) || j->n_batches * BATCH_COST > m->cycles)) {
        w->flags |= HB_JIT_MISSED;
        j->interpret_to = m->cycles + STRETCH;
        return false;
    }
    j->n_batches++;
    if (!hb_jit_translate(j, m, word))
        give_up(j);
    return !j->off;
}

hb_rv_exit hb_rv_loop_translated(hb_rv_run *m)
{
    hb_rv_jit *j = m->jit;
    const hb_rv_decoded *const base = m->loaded->decoded;
    bool fresh = false;
    if (!j->off && m->cycles >= j->next_look)
        look(j, m, (uint32_t)(m->ip - base));
    if (j->off || !j->ready || m->cycles < j->interpret_to)
        return hb_rv_loop_plain(m);
    if (j->marks != m->mem.marks) {
        hb_jit_forget_pages(j);
        j->marks = m->mem.marks;
    }
    int64_t *const delta = m->delta;
    delta[m->ip - base]++;
    for (;;) {
        const uint32_t word = (uint32_t)(m->ip - base);
        hb_rv_exit why = HB_RV_EXIT_BUDGET;
        hb_jit_exit back = HB_JIT_EXIT_INTERPRET;
        if (m->left == 0) {
            delta[word]--;
            return HB_RV_EXIT_BUDGET;
        }
        if (m->ip->op == HB_OP_ECALL) {
            const hb_rv_decoded *ip = m->ip;
            why = call(m);
            if (why == HB_RV_EXIT_NONE)
                continue;
            delta[ip - base + (why != HB_RV_EXIT_TRAP)]--;
            return why;
        }
        if (word < j->n_words && !is_there(j, m, word, fresh)) {
            if (!j->off) { /* the rest is granted anew */
                delta[word]--;
                return HB_RV_EXIT_BUDGET;
            }
        } else if (word < j->n_words && m->left >= j->words[word].len) {
            back = enter(j, m, word);
            fresh = true;
            if (back == HB_JIT_EXIT_MISS_INDIRECT)
                delta[m->ip - base]++;
        }
        if (back == HB_JIT_EXIT_TRAP || back == HB_JIT_EXIT_INTERPRET) {
            delta[m->ip - base]--;
            return back == HB_JIT_EXIT_TRAP ? HB_RV_EXIT_TRAP : m->left ? hb_rv_loop_plain(m) : HB_RV_EXIT_BUDGET;
        }
    }
}

#else

bool hb_rv_jit_available(void)
{
    return false;
}

hb_rv_jit *hb_rv_jit_create(const hb_rv_loaded *loaded, hb_rv_engine engine)
{
    (void)loaded;
    (void)engine;
    return NULL;
}

void hb_rv_jit_free(hb_rv_jit *j)
{
    (void)j;
}

uint64_t hb_rv_jit_patience(const hb_rv_jit *j, uint64_t done)
{
    (void)j;
    (void)done;
    return UINT64_MAX;
}

void hb_rv_jit_count(hb_rv_jit *j, int64_t *delta)
{
    (void)j;
    (void)delta;
}

uint64_t hb_rv_jit_instructions(const hb_rv_jit *j)
{
    (void)j;
    return 0;
}

hb_rv_exit hb_rv_loop_translated(hb_rv_run *m)
{
    return hb_rv_loop_plain(m);
}
#endif
