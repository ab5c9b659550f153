/* The vocabulary of interp_body.h: how operands are read, results written, events recorded and faults injected, for the instantiation that HB_RECORD and
 * HB_FAULT describe. Only interp_body.h includes this.
 *
 * Names in the macros: ip: the instruction; in: where its operands are read (differs only under HB_FAULT_WORD); a, b: operands; i: immediate; x: registers;
 * ts: time of the instruction; e: its event. */
#pragma once
#include <string.h>

#include "base/bytes.h"
#include "rv/recorder.h"

#define LIKELY(c) __builtin_expect(!!(c), 1)
#define UNLIKELY(c) __builtin_expect(!!(c), 0)

#if HB_FAULT
#define VIA(KIND, v) faulted(m, HB_FAULT_##KIND, (v))
#else
#define VIA(KIND, v) (v)
#endif

#ifndef HB_PLAN
#define HB_PLAN 0
#endif

#define FAMILY_OF(NAME, number, mnemonic, match, mask, format, family) FAMILY_##NAME = HB_FAM_##family,
enum { HB_ISA_TABLE(FAMILY_OF) };

static inline uint64_t get(const uint8_t *p, unsigned bytes)
{
    return bytes == 8 ? hb_load_le64(p) : bytes == 4 ? hb_load_le32(p) : bytes == 2 ? hb_load_le16(p) : *p;
}

static inline void put(uint8_t *p, unsigned bytes, uint64_t v)
{
    if (bytes == 8)
        hb_store_le64(p, v);
    else if (bytes == 4)
        hb_store_le32(p, (uint32_t)v);
    else if (bytes == 2)
        hb_store_le16(p, (uint16_t)v);
    else
        *p = (uint8_t)v;
}

static inline uint64_t sext32(uint64_t v)
{
    return (uint64_t)(int64_t)(int32_t)(uint32_t)v;
}

static inline uint64_t high_uu(uint64_t a, uint64_t b)
{
    return (uint64_t)((unsigned __int128)a * b >> 64);
}

/* A negative operand is 2^64 less than its unsigned reading, so the high half loses the other operand once. */
static inline uint64_t high_su(uint64_t a, uint64_t b)
{
    return high_uu(a, b) - ((int64_t)a < 0 ? b : 0);
}

static inline uint64_t high_ss(uint64_t a, uint64_t b)
{
    return high_su(a, b) - ((int64_t)b < 0 ? a : 0);
}

/* Division as the M extension defines it: by zero gives all ones and the dividend; the overflow MIN / -1 gives MIN and 0. */
static inline uint64_t div_signed(uint64_t a, uint64_t b)
{
    return b == 0 ? UINT64_MAX : b == UINT64_MAX ? -a : (uint64_t)((int64_t)a / (int64_t)b);
}

static inline uint64_t rem_signed(uint64_t a, uint64_t b)
{
    return b == 0 ? a : b == UINT64_MAX ? 0 : (uint64_t)((int64_t)a % (int64_t)b);
}

static inline uint64_t sra64(uint64_t a, unsigned n)
{
    return (uint64_t)((int64_t)a >> n);
}

/* Where a guest address lies whose page has this entry in the tables of rvmem.h. */
static inline uint8_t *host_address(uintptr_t bias, uint64_t at)
{
    return (uint8_t *)(bias + (uintptr_t)at);
}

#if HB_FAULT
static inline uint64_t faulted(hb_rv_run *m, hb_rv_fault_kind kind, uint64_t v)
{
    if (m->fault.kind != kind)
        return v;
    m->fault_hit |= m->fault.value != v;
    return m->fault.value;
}
#endif

#if HB_RECORD || HB_PLAN
/* The one or two double words of an access. */
typedef struct words {
    uint8_t *word[2];
    uint32_t *stamp[2];
    unsigned n, offset;
} words;

static inline hb_rv_trap find_words(hb_rv_run *m, words *w, uint64_t at, unsigned bytes, bool store)
{
    uint64_t in_page = at % HB_RVMEM_PAGE_BYTES, k = in_page / 8;
    uint8_t *page[2] = {NULL, NULL};
    w->offset = (unsigned)(at % 8);
    w->n = 1 + (w->offset + bytes > 8);
    if (LIKELY(at < HB_RV_MAP_END && in_page + bytes <= HB_RVMEM_PAGE_BYTES)) {
        uintptr_t bias = (store ? m->mem.write : m->mem.read)[at >> HB_RVMEM_PAGE_LOG2];
        if (LIKELY(bias))
            page[0] = page[1] = host_address(bias, at - in_page);
    }
    if (UNLIKELY(!page[0])) {
        hb_rv_trap trap = hb_rvmem_touch(&m->mem, at, bytes, store, page);
        if (trap != HB_TRAP_NONE)
            return trap;
    }
    w->word[0] = page[0] + 8 * k;
    w->stamp[0] = hb_rvmem_stamps(page[0]) + k;
    k = (k + 1) % HB_RVMEM_PAGE_WORDS;
    w->word[1] = page[1] + 8 * k;
    w->stamp[1] = hb_rvmem_stamps(page[1]) + k;
    return HB_TRAP_NONE;
}

#endif

#if HB_RECORD
/* Records the access of the double words at time ts, from prev to next, and stores next. */
static inline void record_words(hb_rv_run *m, const words *w, hb_rv_event_mem *e, uint64_t at, const uint64_t prev[2], const uint64_t next[2], uint32_t ts)
{
    e->addr = at;
    for (unsigned k = 0; k < w->n; k++) {
        e->mem_prev[k] = prev[k];
        e->mem_new[k] = next[k];
        e->mem_ts[k] = hb_rec_word(m, w->stamp[k], (at & ~UINT64_C(7)) + 8 * k, prev[k], ts);
        hb_store_le64(w->word[k], next[k]);
    }
}

/* All that an instruction does to registers, in the order of the slots. Operands that it does not have are not touched. */
#define RECORD_RS1(e) ((e)->rs1 = a, (e)->rs1_ts = hb_rec_register(m, in->rs1, x[in->rs1], ts))
#define RECORD_RS2(e) ((e)->rs2 = b, (e)->rs2_ts = hb_rec_register(m, in->rs2, x[in->rs2], ts + 1))
#define RECORD_RD(e, v) ((e)->rd_prev = x[rd], (e)->rd = (v), (e)->rd_ts = hb_rec_register(m, rd, x[rd], ts + 2))
#define NEW_EVENT(family, type)                                                                                         \
    type *e = hb_rec_event(m, (hb_rv_family)(family), sizeof(type));                                                           \
    if (UNLIKELY(!e))                                                                                                   \
        goto no_memory;
#define NEW_REG_EVENT(family)                                                                                           \
    NEW_EVENT(family, hb_rv_event_reg)                                                                                  \
    e->insn = ip->insn;                                                                                                 \
    e->ts = ts;
#define ADVANCE() (ts += 4)
#elif HB_PLAN
#define ADVANCE() (ts += 4)
#else
#define ADVANCE() ((void)0)
#endif

#if HB_PLAN
/* Times of the accesses of an instruction's registers. A distance of 2^18 or more shows in the union of the distances. */
static inline void plan_registers(hb_rv_run *m, const hb_rv_decoded *in, bool rs1, bool rs2, bool rd, uint32_t ts)
{
    uint32_t *t = m->x_ts, far = (rs1 ? ts - t[in->rs1] : 0) | (rs2 ? ts + 1 - t[in->rs2] : 0) | (rd ? ts + 2 - t[in->rd] : 0);
    if (UNLIKELY(far >= HB_RV_MAX_GAP))
        hb_rv_plan_far(m, in, rs1, rs2, rd, ts);
    if (rs1)
        t[in->rs1] = ts;
    if (rs2)
        t[in->rs2] = ts + 1;
    if (rd)
        t[in->rd] = ts + 2;
}

/* The same for a double word of memory. */
static inline void plan_word(hb_rv_run *m, uintptr_t bias, uint64_t at, uint32_t now)
{
    uint8_t *page = host_address(bias, at & ~(HB_RVMEM_PAGE_BYTES - 1));
    hb_rv_plan_access(m, hb_rvmem_stamps(page) + at % HB_RVMEM_PAGE_BYTES / 8, now);
}

/* What planning does about an instruction that has completed but for its registers. */
#define PLAN(NAME, rs1, rs2, rd) (m->shard.ops[HB_OP_##NAME]++, plan_registers(m, in, rs1, rs2, rd, ts))
#define PLAN_WORD() plan_word(m, bias, at, ts + 3)
#define LOAD_SLOWLY(at, bytes, raw) hb_rv_plan_load(m, at, bytes, raw, ts + 3)
#define STORE_SLOWLY(at, bytes, v) hb_rv_plan_store(m, at, bytes, v, ts + 3)
#else
#define PLAN(NAME, rs1, rs2, rd) ((void)0)
#define PLAN_WORD() ((void)0)
#define LOAD_SLOWLY(at, bytes, raw) hb_rvmem_load(&m->mem, at, bytes, raw)
#define STORE_SLOWLY(at, bytes, v) hb_rvmem_store(&m->mem, at, bytes, v)
#endif

#if HB_FAULT
#define DESTINATION() unsigned rd = m->fault.kind == HB_FAULT_DESTINATION ? (m->fault_hit |= m->fault.value % 33 != in->rd, (unsigned)(m->fault.value % 33)) : in->rd
#else
#define DESTINATION() unsigned rd = in->rd
#endif
#define A() uint64_t a = VIA(OPERAND1, x[in->rs1])
#define B() uint64_t b = VIA(OPERAND2, x[in->rs2])
#define I() const uint64_t i = (uint64_t)in->imm

/* Is this instruction beyond what was granted? Planning needs the time anyway, and counts by it. */
#if HB_PLAN
#define NONE_LEFT() (ts == ts_stop)
#define SET_LEFT() (left = (int64_t)((ts_stop - ts) / 4) - 1)
#else
#define NONE_LEFT() (--left < 0)
#define SET_LEFT() ((void)0)
#endif
#define DISPATCH()                                                                                                      \
    do {                                                                                                                \
        if (UNLIKELY(NONE_LEFT()))                                                                                       \
            goto out_of_budget;                                                                                         \
        goto *labels[ip->op];                                                                                           \
    } while (0)
#define NEXT()                                                                                                          \
    do {                                                                                                                \
        ADVANCE();                                                                                                      \
        ip++;                                                                                                           \
        DISPATCH();                                                                                                     \
    } while (0)
#if HB_PLAN
#define COUNT_RUN(at, by) ((void)0)
#else
#define COUNT_RUN(at, by) (delta[(at) - base] += (by))
#endif
#define JUMP(distance)                                                                                                  \
    do {                                                                                                                \
        COUNT_RUN(ip + 1, -1);                                                                                          \
        ip += (distance);                                                                                               \
        COUNT_RUN(ip, 1);                                                                                               \
        ADVANCE();                                                                                                      \
        DISPATCH();                                                                                                     \
    } while (0)
#define TRAP(reason, address)                                                                                           \
    do {                                                                                                                \
        m->trap = (reason);                                                                                             \
        m->trap_address = (address);                                                                                    \
        goto trapped;                                                                                                   \
    } while (0)

/* Is a jump by `distance` words possible? (HB_FAULT_WORD moves instructions to where their distances may lead outside.) */
#if HB_FAULT
#define INSIDE(distance) ((distance) != HB_RV_JUMP_NOWHERE && ip - base + (distance) >= 0 && ip - base + (distance) < (int64_t)m->loaded->n_decoded)
#else
#define INSIDE(distance) ((distance) != HB_RV_JUMP_NOWHERE)
#endif

#if HB_RECORD
#define OPERATE(NAME, READ1, READ2, value)                                                                              \
    do_##NAME : {                                                                                                       \
        READ1(A);                                                                                                       \
        READ2(B);                                                                                                       \
        I();                                                                                                            \
        (void)i;                                                                                                        \
        DESTINATION();                                                                                                  \
        uint64_t v = VIA(RESULT, value);                                                                                \
        NEW_REG_EVENT(FAMILY_##NAME)                                                                                    \
        READ1(RECORD_RS1_e);                                                                                            \
        READ2(RECORD_RS2_e);                                                                                            \
        RECORD_RD(e, v);                                                                                                \
        x[rd] = v;                                                                                                      \
        NEXT();                                                                                                         \
    }
#else
#define OPERATE(NAME, READ1, READ2, value)                                                                              \
    do_##NAME : {                                                                                                       \
        READ1(A);                                                                                                       \
        READ2(B);                                                                                                       \
        I();                                                                                                            \
        (void)i;                                                                                                        \
        DESTINATION();                                                                                                  \
        x[rd] = (value);                                                                                                \
        PLAN(NAME, IS_##READ1, IS_##READ2, true);                                                                       \
        NEXT();                                                                                                         \
    }
#endif
#define YES(what) what()
#define NO(what) (void)0
#define IS_YES true
#define IS_NO false
#define RECORD_RS1_e() RECORD_RS1(e)
#define RECORD_RS2_e() RECORD_RS2(e)
#define R_TYPE(NAME, value) OPERATE(NAME, YES, YES, value)
#define I_TYPE(NAME, value) OPERATE(NAME, YES, NO, value)
#define U_TYPE(NAME, value) OPERATE(NAME, NO, NO, value)

#if HB_RECORD
#define BRANCH(NAME, condition)                                                                                         \
    do_##NAME : {                                                                                                       \
        A();                                                                                                            \
        B();                                                                                                            \
        bool taken = (condition) ^ BRANCH_FAULT();                                                                      \
        int64_t by = taken ? in->imm : 1;                                                                               \
        if (UNLIKELY(taken && !INSIDE(by)))                                                                             \
            goto nowhere;                                                                                               \
        NEW_REG_EVENT(FAMILY_##NAME)                                                                                    \
        RECORD_RS1(e);                                                                                                  \
        RECORD_RS2(e);                                                                                                  \
        e->next_pc = (uint32_t)(hb_rv_pc(m, ip + by) / 4);                                                              \
        JUMP(by);                                                                                                       \
    }
#else
#define BRANCH(NAME, condition)                                                                                         \
    do_##NAME : {                                                                                                       \
        A();                                                                                                            \
        B();                                                                                                            \
        if (condition) {                                                                                                \
            if (UNLIKELY(!INSIDE(in->imm)))                                                                             \
                goto nowhere;                                                                                           \
            PLAN(NAME, true, true, false);                                                                              \
            JUMP(in->imm);                                                                                              \
        }                                                                                                               \
        PLAN(NAME, true, true, false);                                                                                  \
        NEXT();                                                                                                         \
    }
#endif
#if HB_FAULT
#define BRANCH_FAULT() (m->fault.kind == HB_FAULT_BRANCH && (m->fault_hit = in->imm != 1, true))
#else
#define BRANCH_FAULT() false
#endif

#if HB_RECORD
#define LOAD(NAME, bytes, type)                                                                                         \
    do_##NAME : {                                                                                                       \
        A();                                                                                                            \
        DESTINATION();                                                                                                  \
        const uint64_t at = a + (uint64_t)in->imm;                                                                      \
        words w;                                                                                                        \
        hb_rv_trap trap = find_words(m, &w, at, bytes, false);                                                          \
        if (UNLIKELY(trap != HB_TRAP_NONE))                                                                             \
            TRAP(trap, at);                                                                                             \
        uint64_t d[2] = {hb_load_le64(w.word[0]) ^ LOAD_FAULT(), w.n > 1 ? hb_load_le64(w.word[1]) ^ LOAD_FAULT() : 0}; \
        uint64_t raw = d[0] >> (8 * w.offset) | (w.n > 1 ? d[1] << (64 - 8 * w.offset) : 0);                            \
        uint64_t v = VIA(RESULT, (uint64_t)(int64_t)(type)raw);                                                         \
        NEW_EVENT(w.n > 1 ? (int)HB_FAM_LOAD2 : (int)FAMILY_##NAME, hb_rv_event_mem)                                \
        e->r.insn = ip->insn;                                                                                           \
        e->r.ts = ts;                                                                                                   \
        RECORD_RS1(&e->r);                                                                                              \
        RECORD_RD(&e->r, v);                                                                                            \
        record_words(m, &w, e, at, d, d, ts + 3);                                                                       \
        hb_rv_count_access(m, at, bytes, false);                                                                          \
        x[rd] = v;                                                                                                      \
        NEXT();                                                                                                         \
    }
#define STORE(NAME, bytes)                                                                                              \
    do_##NAME : {                                                                                                       \
        A();                                                                                                            \
        B();                                                                                                            \
        const uint64_t at = a + (uint64_t)in->imm, mask = UINT64_MAX >> (64 - 8 * bytes);                               \
        const uint64_t v = STORE_FAULT(b & mask, mask);                                                                 \
        words w;                                                                                                        \
        hb_rv_trap trap = find_words(m, &w, at, bytes, true);                                                           \
        if (UNLIKELY(trap != HB_TRAP_NONE))                                                                             \
            TRAP(trap, at);                                                                                             \
        uint64_t d[2] = {hb_load_le64(w.word[0]), w.n > 1 ? hb_load_le64(w.word[1]) : 0}, n[2] = {d[0], d[1]};          \
        n[0] = (d[0] & ~(mask << (8 * w.offset))) | v << (8 * w.offset);                                                \
        if (w.n > 1)                                                                                                    \
            n[1] = (d[1] & ~(mask >> (64 - 8 * w.offset))) | v >> (64 - 8 * w.offset);                                  \
        NEW_EVENT(w.n > 1 ? (int)HB_FAM_STORE2 : (int)FAMILY_##NAME, hb_rv_event_mem)                               \
        e->r.insn = ip->insn;                                                                                           \
        e->r.ts = ts;                                                                                                   \
        RECORD_RS1(&e->r);                                                                                              \
        RECORD_RS2(&e->r);                                                                                              \
        record_words(m, &w, e, at, d, n, ts + 3);                                                                       \
        hb_rv_count_access(m, at, bytes, true);                                                                           \
        NEXT();                                                                                                         \
    }
#else
#define LOAD(NAME, bytes, type)                                                                                         \
    do_##NAME : {                                                                                                       \
        A();                                                                                                            \
        DESTINATION();                                                                                                  \
        const uint64_t at = a + (uint64_t)in->imm;                                                                      \
        uintptr_t bias;                                                                                                 \
        uint64_t raw;                                                                                                   \
        if (LIKELY(at < HB_RV_MAP_END && !(at & (bytes - 1)) && (bias = read[at >> HB_RVMEM_PAGE_LOG2]))) {             \
            raw = get(host_address(bias, at), bytes);                                                                   \
            PLAN_WORD();                                                                                                \
        } else {                                                                                                        \
            hb_rv_trap trap = LOAD_SLOWLY(at, bytes, &raw);                                                             \
            if (trap != HB_TRAP_NONE)                                                                                   \
                TRAP(trap, at);                                                                                         \
            hb_rv_count_access(m, at, bytes, false);                                                                      \
        }                                                                                                               \
        x[rd] = (uint64_t)(int64_t)(type)raw;                                                                           \
        PLAN(NAME, true, false, true);                                                                                  \
        NEXT();                                                                                                         \
    }
#define STORE(NAME, bytes)                                                                                              \
    do_##NAME : {                                                                                                       \
        A();                                                                                                            \
        B();                                                                                                            \
        const uint64_t at = a + (uint64_t)in->imm;                                                                      \
        uintptr_t bias;                                                                                                 \
        if (LIKELY(at < HB_RV_MAP_END && !(at & (bytes - 1)) && (bias = write[at >> HB_RVMEM_PAGE_LOG2]))) {            \
            put(host_address(bias, at), bytes, b);                                                                      \
            PLAN_WORD();                                                                                                \
        } else {                                                                                                        \
            hb_rv_trap trap = STORE_SLOWLY(at, bytes, b);                                                               \
            if (trap != HB_TRAP_NONE)                                                                                   \
                TRAP(trap, at);                                                                                         \
            hb_rv_count_access(m, at, bytes, true);                                                                       \
        }                                                                                                               \
        PLAN(NAME, true, true, false);                                                                                  \
        NEXT();                                                                                                         \
    }
#endif
#if HB_FAULT
#define STORE_FAULT(v, mask)                                                                                            \
    (m->fault.kind == HB_FAULT_STORED ? (m->fault_hit |= (m->fault.value & (mask)) != (v), m->fault.value & (mask)) : (v))
#define LOAD_FAULT() (m->fault.kind == HB_FAULT_LOADED ? (m->fault_hit |= m->fault.value != 0, m->fault.value) : 0)
#else
#define STORE_FAULT(v, mask) (v)
#define LOAD_FAULT() UINT64_C(0)
#endif
