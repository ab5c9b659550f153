/* Tests only: a second reading of the RISC-V manual, written without the table and apart from the interpreter, as plainly as possible: fields cut from the word,
 * arithmetic through 128-bit integers, memory byte by byte. Slow. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct rvref {
    uint64_t x[32], pc;
    uint8_t (*get)(void *ctx, uint64_t address);
    void (*set)(void *ctx, uint64_t address, uint8_t v);
    void *ctx;
} rvref;

typedef __int128 rvref_wide;

static inline int64_t rvref_bits(uint32_t w, int hi, int lo)
{
    return (int64_t)((w >> lo) & (uint32_t)((UINT64_C(1) << (hi - lo + 1)) - 1));
}

static inline int64_t rvref_signed(int64_t v, int bits)
{
    return v >= ((int64_t)1 << (bits - 1)) ? v - ((int64_t)1 << bits) : v;
}

static inline uint64_t rvref_word(uint64_t v) /* low 32 bits as a signed number */
{
    return (uint64_t)rvref_signed((int64_t)(v & 0xffffffff), 32);
}

static inline uint64_t rvref_shift_right(uint64_t v, unsigned by, unsigned width, bool arithmetic)
{
    for (; by; by--) {
        uint64_t top = v >> (width - 1) & 1;
        v >>= 1;
        if (arithmetic)
            v |= top << (width - 1);
    }
    return v;
}

/* The quotient or remainder of integers a / b, as the M extension rounds and patches. */
static inline uint64_t rvref_divide(rvref_wide a, rvref_wide b, bool remainder)
{
    if (b == 0)
        return remainder ? (uint64_t)a : UINT64_MAX;
    return (uint64_t)(remainder ? a % b : a / b); /* 128 bits hold MIN / -1; its low bits are what the manual wants */
}

/* OP and OP-IMM (width 64) and their W forms (width 32): f3 and f7 as in the manual's listing. */
static inline bool rvref_alu(unsigned f3, unsigned f7, uint64_t a, uint64_t b, unsigned width, uint64_t *v)
{
    bool narrow = width == 32;
    rvref_wide sa = narrow ? (int64_t)rvref_word(a) : (int64_t)a, sb = narrow ? (int64_t)rvref_word(b) : (int64_t)b;
    rvref_wide ua = narrow ? (rvref_wide)(uint32_t)a : (rvref_wide)a, ub = narrow ? (rvref_wide)(uint32_t)b : (rvref_wide)b;
    unsigned amount = (unsigned)(b % width);
    if (f7 == 1) {
        if (narrow && f3 >= 1 && f3 <= 3)
            return false;
        switch (f3) {
        case 0: *v = (uint64_t)((unsigned __int128)ua * (unsigned __int128)ub); break;
        case 1: *v = (uint64_t)(sa * sb >> 64); break;
        case 2: *v = (uint64_t)(sa * ub >> 64); break;
        case 3: *v = (uint64_t)((unsigned __int128)ua * (unsigned __int128)ub >> 64); break;
        case 4: *v = rvref_divide(sa, sb, false); break;
        case 5: *v = rvref_divide(ua, ub, false); break;
        case 6: *v = rvref_divide(sa, sb, true); break;
        default: *v = rvref_divide(ua, ub, true); break;
        }
    } else if (f7 == 0) {
        if (narrow && f3 != 0 && f3 != 1 && f3 != 5)
            return false;
        switch (f3) {
        case 0: *v = (uint64_t)(ua + ub); break;
        case 1: *v = (uint64_t)ua << amount; break;
        case 2: *v = sa < sb; break;
        case 3: *v = ua < ub; break;
        case 4: *v = a ^ b; break;
        case 5: *v = rvref_shift_right((uint64_t)ua, amount, width, false); break;
        case 6: *v = a | b; break;
        default: *v = a & b; break;
        }
    } else if (f7 == 32 && f3 == 0) {
        *v = (uint64_t)(ua - ub);
    } else if (f7 == 32 && f3 == 5) {
        *v = rvref_shift_right((uint64_t)ua, amount, width, true);
    } else {
        return false;
    }
    if (narrow)
        *v = rvref_word(*v);
    return true;
}

static inline bool rvref_taken(unsigned f3, uint64_t a, uint64_t b)
{
    bool less = f3 & 2 ? a < b : (int64_t)a < (int64_t)b;
    bool yes = f3 & 4 ? less : a == b;
    return yes != (f3 & 1);
}

/* One instruction; false when the word is none of RV64IM, or ECALL or EBREAK (nothing changes then). */
static inline bool rvref_step(rvref *m, uint32_t w)
{
    unsigned major = w & 127, rd = (unsigned)rvref_bits(w, 11, 7), f3 = (unsigned)rvref_bits(w, 14, 12), f7 = (unsigned)rvref_bits(w, 31, 25);
    uint64_t a = m->x[rvref_bits(w, 19, 15)], b = m->x[rvref_bits(w, 24, 20)], v = 0, to = m->pc + 4;
    uint64_t i_imm = (uint64_t)rvref_signed(rvref_bits(w, 31, 20), 12);
    bool write = true;
    if (major == 0x33 || major == 0x3b) {
        if (!rvref_alu(f3, f7, a, b, major == 0x33 ? 64 : 32, &v))
            return false;
    } else if (major == 0x13 || major == 0x1b) {
        unsigned width = major == 0x13 ? 64 : 32, kind = f3 == 1 || f3 == 5 ? (width == 64 ? f7 & ~1u : f7) : 0;
        uint64_t operand = f3 == 1 || f3 == 5 ? i_imm & (width - 1) : i_imm;
        if ((f3 == 1 && kind) || kind == 1 || !rvref_alu(f3, kind, a, operand, width, &v))
            return false;
    } else if (major == 0x37) {
        v = rvref_word(w & 0xfffff000);
    } else if (major == 0x17) {
        v = m->pc + rvref_word(w & 0xfffff000);
    } else if (major == 0x6f) {
        v = to;
        to = m->pc + (uint64_t)rvref_signed(rvref_bits(w, 31, 31) << 20 | rvref_bits(w, 19, 12) << 12 | rvref_bits(w, 20, 20) << 11 | rvref_bits(w, 30, 21) << 1, 21);
    } else if (major == 0x67 && f3 == 0) {
        v = to;
        to = (a + i_imm) / 2 * 2;
    } else if (major == 0x63 && f3 != 2 && f3 != 3) {
        write = false;
        if (rvref_taken(f3, a, b))
            to = m->pc + (uint64_t)rvref_signed(rvref_bits(w, 31, 31) << 12 | rvref_bits(w, 7, 7) << 11 | rvref_bits(w, 30, 25) << 5 | rvref_bits(w, 11, 8) << 1, 13);
    } else if (major == 0x03 && f3 != 7) {
        unsigned bytes = 1u << (f3 & 3);
        for (unsigned k = 0; k < bytes; k++)
            v |= (uint64_t)m->get(m->ctx, a + i_imm + k) << (8 * k);
        if (f3 < 3)
            v = (uint64_t)rvref_signed((int64_t)v, (int)(8 * bytes));
    } else if (major == 0x23 && f3 < 4) {
        uint64_t at = a + (uint64_t)rvref_signed(rvref_bits(w, 31, 25) << 5 | rvref_bits(w, 11, 7), 12);
        for (unsigned k = 0; k < 1u << f3; k++)
            m->set(m->ctx, at + k, (uint8_t)(b >> (8 * k)));
        write = false;
    } else if (major == 0x0f && f3 == 0) {
        write = false;
    } else {
        return false;
    }
    if (write && rd)
        m->x[rd] = v;
    m->pc = to;
    return true;
}
