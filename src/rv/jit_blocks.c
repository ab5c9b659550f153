/* Which blocks there are, in which order their code lies, and which guest registers live in host registers. */
#include "rv/jit_state.h"

#if HB_RV_JIT

#include <stdlib.h>

#include "base/check.h"

enum {
    INSN_BYTES = 160,     /* more than any instruction takes, its code behind the blocks included */
    BLOCK_BYTES = 192,    /* the same for entries and ends */
    ROUTINE_BYTES = 4096, /* the common routines, rounding */
    BYTES_PER_CELL = 64,  /* an instruction needs two cells at most, a block three */
    HOT = 16,             /* executions */
    PIECE_BYTES = 1 << 16,
    GAP_BYTES = 1 << 16, /* a multiple of any page */
    LATE_WORDS = 128     /* instructions that a miss translates at once, about */
};

static bool ends_block(unsigned op)
{
    return op == HB_OP_JAL || op == HB_OP_JALR;
}

static bool stands_alone(unsigned op)
{
    return op == HB_OP_ECALL || op == HB_OP_EBREAK || op == HB_OP_INVALID;
}

/* Marks where jumps and branches lead, and what lies behind calls. */
void hb_jit_find_leaders(hb_rv_jit *j)
{
    for (uint32_t k = 0; k < j->n_words; k++) {
        const hb_rv_decoded *d = hb_jit_insn(j, k);
        if (d->op < HB_OP_BEQ) /* jumps, branches and calls are the last of the table */
            continue;
        uint32_t target = d->op == HB_OP_JALR ? hb_jit_static_target(j, k) : HB_JIT_NONE;
        if (d->op != HB_OP_JALR && d->op < HB_OP_ECALL && d->imm != HB_RV_JUMP_NOWHERE)
            target = (uint32_t)(k + d->imm);
        if (target != HB_JIT_NONE)
            j->words[target].flags |= (uint8_t)(HB_JIT_LEADER | (target <= k ? HB_JIT_LOOP : 0));
        if (ends_block(d->op) && d->rd != HB_RV_REG_SINK)
            j->words[k + 1].flags |= HB_JIT_LEADER | HB_JIT_RETURN;
        if (d->op == HB_OP_ECALL)
            j->words[k + 1].flags |= HB_JIT_LEADER;
    }
}

static uint8_t block_length(const hb_rv_jit *j, uint32_t first)
{
    uint32_t n = 0;
    while (n < HB_JIT_BLOCK_MAX && first + n < j->n_words) {
        const unsigned op = hb_jit_insn(j, first + n)->op;
        if (stands_alone(op) || (n && j->words[first + n].flags & HB_JIT_LEADER))
            break;
        n++;
        if (ends_block(op))
            break;
    }
    return (uint8_t)n;
}

/* Adds the block at a word to the batch, unless it is there or translated. */
static void plan(hb_rv_jit *j, uint32_t word)
{
    hb_jit_word *w = &j->words[word];
    if (word >= j->n_words || w->flags & HB_JIT_PLANNED)
        return;
    if (!hb_jit_push(j, &j->batch, &word, sizeof word) || !hb_jit_push(j, &j->known, &word, sizeof word))
        return;
    w->flags |= HB_JIT_PLANNED;
    w->len = block_length(j, word);
    j->batch_bytes += BLOCK_BYTES + (size_t)INSN_BYTES * w->len;
}

static uint32_t planned(const hb_rv_jit *j, size_t k)
{
    return ((const uint32_t *)(const void *)j->batch.buf.data)[k];
}

static void plan_successors(hb_rv_jit *j, uint32_t word)
{
    const uint32_t end = word + j->words[word].len;
    for (uint32_t k = word; k < end; k++) {
        const hb_rv_decoded *d = hb_jit_insn(j, k);
        if ((hb_isa_table[d->op].format == HB_FMT_B || d->op == HB_OP_JAL) && d->imm != HB_RV_JUMP_NOWHERE)
            plan(j, (uint32_t)(k + d->imm));
        if (d->op == HB_OP_JALR && k > word && hb_jit_static_target(j, k) != HB_JIT_NONE)
            plan(j, hb_jit_static_target(j, k));
    }
    if (end == word ? !stands_alone(hb_jit_insn(j, word)->op) : !ends_block(hb_jit_insn(j, end - 1)->op))
        plan(j, end);
}

static void emit_block(hb_rv_jit *j, uint32_t word)
{
    j->next = HB_JIT_NONE;
    j->first = word;
    j->len = j->words[word].len;
    memset(j->site_of, 0, sizeof j->site_of);
    hb_jit_emit_entry(j);
    for (j->at = 0; j->at < j->len;) {
        const hb_rv_decoded *d = hb_jit_insn(j, word + j->at);
        unsigned done = 1;
        if (d->op == HB_OP_JAL)
            hb_jit_emit_jal(j, d);
        else if (d->op == HB_OP_JALR)
            hb_jit_emit_jalr(j, d);
        else if (hb_isa_table[d->op].format == HB_FMT_B)
            hb_jit_emit_branch(j, d);
        else if (hb_isa_table[d->op].format == HB_FMT_STORE)
            hb_jit_emit_store(j, d);
        else if (hb_isa_access_bytes((hb_op)d->op))
            hb_jit_emit_load(j, d);
        else
            done = hb_jit_emit_operation(j);
        j->at += done;
    }
    hb_jit_emit_end(j);
}

static void clear(hb_jit_list *list)
{
    list->n = list->buf.len = 0;
}

/* Forgets all translations and starts anew with the current choice of registers. */
static void reset(hb_rv_jit *j)
{
    for (size_t k = 0; k < j->known.n; k++) {
        const uint32_t word = ((const uint32_t *)(const void *)j->known.buf.data)[k];
        j->words[word].body = j->words[word].waiting = 0;
        j->words[word].flags &= (uint8_t)~HB_JIT_PLANNED;
        j->map[word] = 0;
    }
    memset(j->cells, 0, j->n_cells * sizeof *j->cells);
    j->n_cells = j->n_sites = j->n_late = 0;
    hb_jit_list *lists[] = {&j->known, &j->edges, &j->slots, &j->cold, &j->fixes, &j->sides, &j->misses, &j->batch};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        clear(lists[k]);
    j->batch_bytes = j->used = j->piece = j->piece_end = 0;
}

/* Where the batch comes: behind what is there, or in a new piece. Pieces are kept apart by a page that stays
 * inaccessible: then changing their protection neither splits nor joins mappings, which is what makes it dear. */
static bool open_piece(hb_rv_jit *j)
{
    const size_t bytes = ROUTINE_BYTES + j->batch_bytes;
    if (bytes > j->piece_end - j->used) {
        const size_t at = j->piece_end ? j->piece_end + GAP_BYTES : 0, size = bytes > PIECE_BYTES ? bytes : PIECE_BYTES;
        j->piece = j->used = at;
        j->piece_end = at + (size + GAP_BYTES - 1) / GAP_BYTES * GAP_BYTES;
    }
    return j->piece_end <= j->code.size && hb_jit_code_open(&j->code, j->piece, j->piece_end);
}

/* Translates the batch behind what is there. False: no memory; then nothing translated may be used any more. */
static bool emit_batch(hb_rv_jit *j)
{
    if (j->failed || !open_piece(j))
        return false;
    if (!j->used)
        hb_jit_emit_routines(j);
    j->e.p = j->code.base + j->used;
    for (size_t k = 0; k < j->batch.n; k++)
        for (uint32_t word = planned(j, k); word != HB_JIT_NONE && !j->words[word].body; word = j->next)
            emit_block(j, word);
    hb_jit_emit_cold(j);
    for (size_t k = 0; k < j->fixes.n; k++) {
        const hb_jit_fix *f = (const hb_jit_fix *)(const void *)j->fixes.buf.data + k;
        x_patch(f->site, j->code.base + j->words[f->word].body);
    }
    j->fixes.n = j->fixes.buf.len = 0;
    j->batch.n = j->batch.buf.len = 0;
    j->batch_bytes = 0;
    j->used = ((size_t)(j->e.p - j->code.base) + 63) & ~(size_t)63;
    HB_ASSERT(j->used <= j->piece_end); /* INSN_BYTES and BLOCK_BYTES hold */
    return hb_jit_code_close(&j->code) && !j->failed;
}

/* Is there room for the batch and one more block? */
static bool has_room(const hb_rv_jit *j)
{
    const size_t bytes = ROUTINE_BYTES + j->batch_bytes + BLOCK_BYTES + INSN_BYTES * HB_JIT_BLOCK_MAX;
    const bool room_for_code = bytes + PIECE_BYTES + 2 * GAP_BYTES <= j->code.size - j->piece_end;
    return room_for_code && bytes / BYTES_PER_CELL <= j->max_cells - j->n_cells &&
           bytes / INSN_BYTES <= j->max_cells - j->n_sites;
}

static void plan_late(hb_rv_jit *j, uint32_t word)
{
    size_t words = 0;
    plan(j, word);
    for (size_t k = 0; k < j->batch.n && words < LATE_WORDS && has_room(j); k++) {
        words += j->words[planned(j, k)].len;
        plan_successors(j, planned(j, k));
    }
}

bool hb_jit_translate(hb_rv_jit *j, const hb_rv_run *m, uint32_t word)
{
    plan_late(j, word);
    if (!has_room(j)) { /* start anew with what is needed now */
        hb_rv_jit_count(j, m->delta_all);
        reset(j);
        plan_late(j, word);
    }
    j->n_late += (uint32_t)j->batch.n;
    return emit_batch(j);
}

/* Which registers count, by how often they are read and written; the constants of the encoding come out as they
 * should (rs2 of an immediate is 0). */
static void weigh(const hb_rv_jit *j, uint64_t weight[33])
{
    for (uint32_t k = 0; k < j->n_words; k++) {
        const hb_rv_decoded *d = hb_jit_insn(j, k);
        const uint64_t n = j->counts ? j->counts[k] : 1;
        if (!n || stands_alone(d->op))
            continue;
        if (hb_isa_reads_rs1((hb_op)d->op))
            weight[d->rs1] += n;
        if (hb_isa_reads_rs2((hb_op)d->op))
            weight[d->rs2] += n;
        if (hb_isa_writes_rd((hb_op)d->op))
            weight[d->rd] += n;
    }
    weight[0] = weight[HB_RV_REG_SINK] = 0;
}

/* Chooses host registers; false: the choice that is there is good enough. */
static bool choose_registers(hb_rv_jit *j)
{
    static const int8_t hosts[HB_JIT_REGISTERS] = {X_RBX, X_RSI, X_RDI, X_R8, X_R9, X_R10, X_R11, X_R12, X_R13};
    uint64_t weight[33] = {0}, now = 0, best = 0;
    int8_t host[33];
    weigh(j, weight);
    memset(host, HB_JIT_UNMAPPED, sizeof host);
    for (unsigned g = 1; g < 32; g++)
        now += j->host[g] >= 0 ? weight[g] : 0;
    for (unsigned k = 0; k < HB_JIT_REGISTERS; k++) {
        unsigned most = 1;
        for (unsigned g = 2; g < 32; g++)
            if (weight[g] > weight[most])
                most = g;
        best += weight[most];
        if (weight[most])
            host[most] = hosts[k];
        weight[most] = 0;
    }
    if (j->used && best - now <= best / 64)
        return false;
    memcpy(j->host, host, sizeof host);
    return true;
}

/* How often each word ran, from the interpreter's and our own counters. */
static uint64_t *executions(hb_rv_jit *j, const hb_rv_run *m)
{
    uint64_t *counts = calloc(j->n_words + 1, sizeof *counts);
    int64_t runs = 0;
    hb_rv_jit_count(j, m->delta_all);
    for (uint32_t k = 0; counts && k < j->n_words; k++) {
        runs += m->delta_all[k];
        counts[k] = (uint64_t)runs;
    }
    return counts;
}

/* All that has run more than a few times: leaders, and what blocks of the greatest length lead to. */
static void plan_hot(hb_rv_jit *j)
{
    for (uint32_t k = 0; k < j->n_words && has_room(j); k++)
        if (j->counts[k] >= HOT && j->words[k].flags & HB_JIT_LEADER)
            plan(j, k);
    for (size_t k = 0; k < j->batch.n && has_room(j); k++) {
        const uint32_t end = planned(j, k) + j->words[planned(j, k)].len;
        if (j->words[planned(j, k)].len == HB_JIT_BLOCK_MAX && j->counts[end] >= HOT)
            plan(j, end);
    }
}

bool hb_jit_look(hb_rv_jit *j, const hb_rv_run *m, uint32_t word)
{
    uint64_t *counts = executions(j, m);
    bool done = true;
    j->counts = m->cycles ? counts : NULL;
    if (j->counts)
        hb_jit_find_scattered(j, counts);
    if (choose_registers(j) || j->n_late) {
        reset(j);
        if (j->counts)
            plan_hot(j);
        plan(j, word);
        done = emit_batch(j);
    }
    j->counts = NULL;
    free(counts);
    return done;
}
#endif
