/* Tests only: forgeries made by hand, for rules that random edits do not reach. Each names the rule that alone must catch it; what it does not set, the
 * search repairs. */
#pragma once
#include "chips/forge.h"
#include "rv/isa.h"

typedef struct forge_hand {
    hb_chip_id chip;
    const char *item;               /* label, or "RC16 #3": lookup number 3 among the uses */
    uint32_t op;                    /* rows of this operation; 0: any row */
    void (*base)(forge_row *f);     /* other inputs; may be NULL */
    void (*edit)(forge_search *s);
} forge_hand;

static inline void hand_put(forge_row *f, uint32_t col, int64_t v)
{
    f->cells[col] = forge_int(v);
}

static inline uint32_t hand_get(const forge_row *f, uint32_t col)
{
    return hb_f_to_u32(f->cells[col]);
}

static inline void hand_set(forge_search *s, uint32_t col, int64_t v)
{
    hand_put(&s->f, col, v);
    s->touched[col] = true;
}

static inline void hand_put_limbs(forge_row *f, uint32_t col, uint64_t v)
{
    for (uint32_t i = 0; i < 4; i++)
        hand_put(f, col + i, (int64_t)(v >> 16 * i & 0xffff));
}

static inline void hand_put_bytes(forge_row *f, uint32_t col, uint64_t v)
{
    for (uint32_t i = 0; i < 8; i++)
        hand_put(f, col + i, (int64_t)(v >> 8 * i & 0xff));
}

static inline uint32_t hand_insn(const forge_row *f, uint32_t op)
{
    const hb_rv_program *p = &f->trace->program;
    for (uint32_t i = 0; i < p->n_insns; i++)
        if (p->insns[i].op == op && p->insns[i].rs1 != p->insns[i].rs2 && p->insns[i].rs1)
            return i;
    fail_msg("the program has no such instruction: %u", op);
    return 0;
}

/* --- addresses: base + imm = 0x7801xxxx + low3, whatever imm is; q, t1, l2 (behind imm and its sign) of that address ------------------------- */
static inline void hand_address(forge_row *f, uint32_t a0, uint32_t imm, uint32_t low3)
{
    uint64_t displacement = hand_get(f, imm) | (hand_get(f, imm + 1) ? UINT64_C(0xffffffffffff0000) : 0), address = UINT64_C(0x78012340) + low3;
    hand_put_limbs(f, a0, address - displacement);
    hand_put(f, imm + 2, (int64_t)(address & 0xffff) >> 3);
    hand_put(f, imm + 3, (int64_t)(address >> 16));
    hand_put(f, imm + 4, 0);
}

static void load_at_7(forge_row *f) { hand_address(f, LOAD_A, LOAD_IMM, 7); }
static void load_at_5(forge_row *f) { hand_address(f, LOAD_A, LOAD_IMM, 5); }
static void store_at_7(forge_row *f) { hand_address(f, STORE_A, STORE_IMM, 7); }
static void store_at_6(forge_row *f) { hand_address(f, STORE_A, STORE_IMM, 6); }

/* q is the next double word's: the access begins below it */
static inline void hand_begin_below(forge_search *s, uint32_t q)
{
    hand_set(s, q, hand_get(&s->f, q) + 1);
}

static inline void hand_clear(forge_row *f, uint32_t col, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        hand_put(f, col + i, 0);
}

static void load_last_byte(forge_search *s, uint32_t limb, uint32_t odd)
{
    for (uint32_t k = 1; k < 4; k++)
        hand_set(s, LOAD_LIMB1 + k - 1, k == limb);
    hand_set(s, LOAD_ODD, odd);
    hand_begin_below(s, LOAD_Q);
    hand_clear(&s->f, LOAD_M, 4);
    hand_clear(&s->f, LOAD_LAST, 6);
    hand_put(&s->f, LOAD_M, 5);
    hand_put(&s->f, limb ? LOAD_LAST2 : LOAD_LAST, 5);
    hand_put(&s->f, LOAD_SIGN, 0);
}
static void load_ends_at_0(forge_search *s) { load_last_byte(s, 0, 0); }
static void load_ends_at_2(forge_search *s) { load_last_byte(s, 1, 0); }

static void store_begins_at(forge_search *s, int64_t limb1, int64_t limb2, int64_t limb3, int64_t odd)
{
    hand_set(s, STORE_LIMB1, limb1);
    hand_set(s, STORE_LIMB2, limb2);
    hand_set(s, STORE_LIMB3, limb3);
    hand_set(s, STORE_ODD, odd);
    hand_clear(&s->f, STORE_M, 4);
    hand_clear(&s->f, STORE_LOST, 4);
    hand_clear(&s->f, STORE_CHANGE, 3);
}
static void store_half_at_7(forge_search *s) { store_begins_at(s, 0, 0, 1, 1); }
static void store_word_at_7(forge_search *s) { store_begins_at(s, 0, 0, 1, 1); }
static void store_word_at_5(forge_search *s) { store_begins_at(s, 0, 1, 0, 1); }
static void store_at_5(forge_row *f) { hand_address(f, STORE_A, STORE_IMM, 5); }
static void store_limb_minus_2(forge_search *s)
{
    store_begins_at(s, 1, -1, 0, 0);
    hand_begin_below(s, STORE_Q);
}

/* A carry of 0x7800 is a sum that is off by one: limb 2 + 1, and limb 3 absorbs it. */
static inline void hand_wrap_base(forge_row *f, uint32_t a0, uint32_t imm)
{
    hand_address(f, a0, imm, (hand_get(f, a0) + hand_get(f, imm)) & 7);
    hand_put(f, a0 + 3, 0x8800 - hand_get(f, imm + 1)); /* 0x8800 + 0x7800 = 2^16; a negative imm borrows from limb 3 */
}
#define HAND_WRAP(name, NAME)                                                                                                                        \
    static void name##_wrap_base(forge_row *f)                                                                                                       \
    {                                                                                                                                                \
        hand_wrap_base(f, NAME##_A, NAME##_IMM);                                                                                                     \
    }                                                                                                                                                \
    static void name##_wrap_2(forge_search *s)                                                                                                       \
    {                                                                                                                                                \
        hand_set(s, NAME##_L2, 1);                                                                                                                   \
    }
HAND_WRAP(load, LOAD)
HAND_WRAP(store, STORE)
HAND_WRAP(load2, LOAD2)
HAND_WRAP(store2, STORE2)

/* 0 = 1 - 2^16 carry: carry -0x7800, and limb 3 of rs1 is 0x7800. */
static void jalr_wrap_base(forge_row *f)
{
    hand_put_limbs(f, JALR_A, UINT64_C(0x7800000178010000));
}
static void jalr_wrap_2(forge_search *s)
{
    (void)s;
}

/* --- LOAD2, STORE2 ---------------------------------------------------------------------------------------------------------------------- */
static void crossing_offset(forge_search *s, uint32_t offset, uint32_t i)
{
    static const uint32_t others[8][2] = {{0, 0}, {2, 3}, {1, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {2, 6}}; /* a + b - i is an offset */
    for (uint32_t o = 1; o < 8; o++)
        hand_set(s, offset + o - 1, o == i ? -1 : o == others[i][0] || o == others[i][1]);
}
#define HAND_OFFSET(i, low3)                                                                                                                         \
    static void load2_offset_base_##i(forge_row *f)                                                                                                  \
    {                                                                                                                                                \
        hand_address(f, LOAD2_A, LOAD2_IMM, low3);                                                                                                   \
        hand_put_bytes(f, LOAD2_M, UINT64_C(0x0706050403020101) << 8);                                                                               \
        hand_put_bytes(f, LOAD2_M + 8, UINT64_C(0x0807060504030201));                                                                                \
    }                                                                                                                                                \
    static void load2_offset_##i(forge_search *s)                                                                                                    \
    {                                                                                                                                                \
        crossing_offset(s, LOAD2_OFFSET, i);                                                                                                         \
    }                                                                                                                                                \
    static void store2_offset_base_##i(forge_row *f)                                                                                                 \
    {                                                                                                                                                \
        hand_address(f, STORE2_A, STORE2_IMM, low3);                                                                                                 \
    }                                                                                                                                                \
    static void store2_offset_##i(forge_search *s)                                                                                                   \
    {                                                                                                                                                \
        crossing_offset(s, STORE2_OFFSET, i);                                                                                                        \
    }
HAND_OFFSET(1, 4)
HAND_OFFSET(2, 2)
HAND_OFFSET(3, 2)
HAND_OFFSET(4, 2)
HAND_OFFSET(5, 2)
HAND_OFFSET(6, 2)
HAND_OFFSET(7, 1)

static void load2_flags(forge_search *s, int64_t half, int64_t word, int64_t dword, int64_t is_signed)
{
    hand_set(s, LOAD2_HALF, half);
    hand_set(s, LOAD2_WORD, word);
    hand_set(s, LOAD2_DOUBLE, dword);
    hand_set(s, LOAD2_SIGNED, is_signed);
}

/* LB as half - 1 and word 1: no offset at all, value 0 */
static void load2_lb(forge_row *f)
{
    forge_retarget(f, hand_insn(f, HB_OP_LB));
    for (uint32_t o = 0; o < 7; o++)
        hand_put(f, LOAD2_OFFSET + o, 0);
    hand_address(f, LOAD2_A, LOAD2_IMM, 0);
    hand_put_bytes(f, LOAD2_M, 7);
}
static void load2_half_negative(forge_search *s)
{
    load2_flags(s, -1, 1, 0, 0);
    hand_set(s, LOAD2_TOP, 0);
    hand_set(s, LOAD2_SIGN, 0);
}
static void load2_addi(forge_row *f)
{
    forge_retarget(f, hand_insn(f, HB_OP_ADDI));
    hand_address(f, LOAD2_A, LOAD2_IMM, 7);
}
static void load2_double_negative(forge_search *s)
{
    load2_flags(s, 1, 1, -1, 0);
    for (uint32_t o = 1; o < 8; o++)
        hand_set(s, LOAD2_OFFSET + o - 1, o == 7);
}
static void load2_slti(forge_row *f)
{
    forge_retarget(f, hand_insn(f, HB_OP_SLTI));
    hand_address(f, LOAD2_A, LOAD2_IMM, 3);
}
static void load2_two_widths(forge_search *s)
{
    load2_flags(s, 0, 1, 1, 0);
    for (uint32_t o = 1; o < 8; o++)
        hand_set(s, LOAD2_OFFSET + o - 1, o == 5 || o == 6);
}
static void hand_offset_6(forge_search *s, uint32_t offset, uint32_t t1)
{
    for (uint32_t o = 1; o < 8; o++)
        hand_set(s, offset + o - 1, o == 6);
    hand_set(s, t1, hand_get(&s->f, t1) + 0x7800);
}
/* 8 q + offset is one more than the sum: carry 0x7800 into limb 1 */
static void load2_at_5(forge_row *f) { hand_address(f, LOAD2_A, LOAD2_IMM, 5); }
static void store2_at_5(forge_row *f) { hand_address(f, STORE2_A, STORE2_IMM, 5); }
static void load2_next_offset(forge_search *s) { hand_offset_6(s, LOAD2_OFFSET, LOAD2_T1); }
static void store2_next_offset(forge_search *s) { hand_offset_6(s, STORE2_OFFSET, STORE2_T1); }
static void store2_sb(forge_row *f)
{
    forge_retarget(f, hand_insn(f, HB_OP_SB));
    hand_address(f, STORE2_A, STORE2_IMM, 7);
}
static void store2_double_negative(forge_search *s)
{
    hand_set(s, STORE2_HALF, 1);
    hand_set(s, STORE2_WORD, 1);
    hand_set(s, STORE2_DOUBLE, -1);
    for (uint32_t o = 1; o < 8; o++)
        hand_set(s, STORE2_OFFSET + o - 1, o == 7);
}

/* --- SHIFT ------------------------------------------------------------------------------------------------------------------------------- */
static void shift_by(forge_row *f, uint64_t b)
{
    hand_put_limbs(f, SHIFT_A, UINT64_C(0x0123456789abcdef));
    hand_put_limbs(f, SHIFT_B, b);
}
static void shift_by_3(forge_row *f) { shift_by(f, 3); }
static void shift_by_10(forge_row *f) { shift_by(f, 10); }
static void shift_by_68(forge_row *f) { shift_by(f, 68); }
static void shift_by_2056(forge_row *f) { shift_by(f, 2056); }

/* One bit takes the place of another: 2^t is a power of two of another t. */
static void shift_parts(forge_search *s, const int64_t bit[4], uint32_t pow3, uint32_t t)
{
    for (uint32_t i = 0; i < 4; i++)
        hand_set(s, SHIFT_BIT + i, bit[i]);
    for (uint32_t k = 0; k < 3; k++)
        hand_set(s, SHIFT_WHOLE1 + k, 0);
    hand_set(s, SHIFT_POW3, pow3);
    hand_set(s, SHIFT_D, (1 << t) - 1);
    hand_set(s, SHIFT_C, 65536 - (65536 >> t));
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t a = hand_get(&s->f, SHIFT_A + i), c = 65536u >> t;
        hand_set(s, SHIFT_L + i, a % c);
        hand_set(s, SHIFT_H + i, a / c);
    }
}
static void shift_bit_0(forge_search *s) { shift_parts(s, (const int64_t[4]){3, 0, 0, 0}, 3, 2); }
static void shift_bit_1(forge_search *s) { shift_parts(s, (const int64_t[4]){0, 5, 0, 0}, 15, 4); }
static void shift_bit_2(forge_search *s) { shift_parts(s, (const int64_t[4]){0, 0, 17, 0}, 255, 8); }
static void shift_bit_3(forge_search *s) { shift_parts(s, (const int64_t[4]){0, 0, 0, 257}, 0, 16); }

static void shift_zero(forge_row *f)
{
    hand_put_limbs(f, SHIFT_A, 0);
    hand_put_limbs(f, SHIFT_B, 48);
}
static void shift_two_wholes(forge_search *s)
{
    shift_parts(s, (const int64_t[4]){0, 0, 0, 0}, 0, 0);
    hand_set(s, SHIFT_WHOLE1, 1);
    hand_set(s, SHIFT_WHOLE2, 1);
}

/* REMU as right -1, left_w 1: 29 - 4 + 19 = 44. With C = D = 2^8 the rule for the power reads 2 * 2^8 - 2^8 = 2^8. */
static void shift_remu(forge_row *f)
{
    forge_retarget(f, hand_insn(f, HB_OP_REMU));
    hand_put_limbs(f, SHIFT_A, 1);
    hand_put_limbs(f, SHIFT_B, 8);
}
static void shift_right_negative(forge_search *s)
{
    shift_parts(s, (const int64_t[4]){0, 0, 0, 1}, 0, 8);
    hand_set(s, SHIFT_RIGHT, -1);
    hand_set(s, SHIFT_LEFT_W, 1);
    hand_set(s, SHIFT_RIGHT_W, 0);
    hand_set(s, SHIFT_ARITH, 0);
    hand_set(s, SHIFT_IMM, 0);
}

/* A prepared SLLI by 3 (its PROG tuple holds D = 8, 0, 0, 1: rv/rvprogram.h) as one of SHIFT, which would take D for the amount and move by 8. */
static void shift_prepared_base(forge_row *f)
{
    const hb_rv_program *p = &f->trace->program;
    uint32_t i = 0;
    while (i < p->n_insns && !(p->insns[i].op == HB_OP_SLLI && p->insns[i].imm[0] == 8 && p->insns[i].rs1 && p->insns[i].rs1 != p->insns[i].rd))
        i++;
    assert_true(i < p->n_insns && p->insns[i].imm[1] == 0 && p->insns[i].imm[3] == 1);
    hand_put(f, SHIFT_IMM, 1);
    forge_retarget(f, i);
    shift_by(f, UINT64_C(1) << 48 | 8);
}
static void shift_prepared(forge_search *s)
{
    shift_parts(s, (const int64_t[4]){0, 0, 0, 1}, 0, 8);
    for (uint32_t j = SHIFT_RIGHT; j <= SHIFT_ARITH; j++)
        hand_set(s, j, 0);
    hand_set(s, SHIFT_REST, 0);
    hand_set(s, SHIFT_TOP, 0x0123);
    hand_set(s, SHIFT_FILL, 0);
    hand_set(s, SHIFT_R1, 0xabcd); /* 0x0123456789abcdef << 8, bits 16..31 */
    hand_set(s, SHIFT_SIGN, 0);
}

/* --- DIV -------------------------------------------------------------------------------------------------------------------------------- */
typedef unsigned __int128 hand_wide;

static inline void hand_div_inputs(forge_row *f, uint64_t n, uint64_t d)
{
    hand_put_limbs(f, DIV_N, n);
    hand_put_bytes(f, DIV_D, d);
    hand_put(f, DIV_D2, (int64_t)(d >> 32 & 0xffff));
    hand_put(f, DIV_D3, (int64_t)(d >> 48));
    hand_put(f, DIV_TOP_N, (int64_t)(n >> 48));
    hand_put(f, DIV_TOP_D, (int64_t)(d >> 48));
    hand_put(f, DIV_W, 0);
}

/* Carries are what the identity's limbs say, in F. */
static inline void hand_div_carries(forge_search *s)
{
    for (uint32_t m = 0; m < 8; m++) {
        hb_f roots[8];
        uint32_t k = s->f.air->n_constraints;
        char label[8] = {'l', 'i', 'm', 'b', ' ', (char)('0' + m), 0};
        while (k-- > 0 && strcmp(s->f.air->constraints[k].label, label) != 0)
            ;
        s->f.cells[DIV_CARRY + m] = 0;
        uint32_t n = forge_solve(&s->f, s->f.air->constraints[k].expr, DIV_CARRY + m, 0, roots);
        assert_true(n > 0);
        s->f.cells[DIV_CARRY + m] = roots[n - 1];
        s->touched[DIV_CARRY + m] = true;
    }
}

static inline void hand_division(forge_search *s, uint64_t q, uint64_t r, uint64_t slack, bool opposite)
{
    hand_put_bytes(&s->f, DIV_Q, q);
    hand_put_limbs(&s->f, DIV_R, r);
    hand_put_limbs(&s->f, DIV_SLACK, slack);
    hand_set(s, DIV_SAME, !opposite);
    hand_set(s, DIV_OPPOSITE, opposite);
    hand_div_carries(s);
    hand_set(s, DIV_R1, (int64_t)((hand_get(&s->f, DIV_REM) ? r : q) >> 16 & 0xffff));
}

/* A carry c_k lower by 0x7800 and c_(k-1) higher by as much (their sum stays): q d + r = n + e with
 * e = 2^(16 (k-1)) (0x7800 2^32 - 0x77ff 2^16 - 1) mod 2^128. For k = 0 the pair is c_0, c_1 the other way round. */
static const uint64_t hand_carry_d = UINT64_C(0xf123456789abcdef);
static void div_large(forge_row *f) { hand_div_inputs(f, UINT64_C(0xa000700060005000), hand_carry_d); }

static inline void hand_div_carry(forge_search *s, uint32_t k)
{
    hand_wide n = UINT64_C(0xa000700060005000), one = 1, e = (one << 32) * 0x7800 - (one << 16) * 0x77ff - 1;
    hand_wide total = k ? n + (e << 16 * (k - 1)) : n - e;
    uint64_t q = (uint64_t)(total / hand_carry_d), r = (uint64_t)(total % hand_carry_d);
    hand_division(s, q, r, hand_carry_d - r, false);
}
#define HAND_CARRY(k)                                                                                                                                \
    static void div_carry_##k(forge_search *s)                                                                                                       \
    {                                                                                                                                                \
        hand_div_carry(s, k);                                                                                                                        \
    }
HAND_CARRY(0)
HAND_CARRY(1)
HAND_CARRY(2)
HAND_CARRY(3)
HAND_CARRY(4)
HAND_CARRY(5)
HAND_CARRY(6)
HAND_CARRY(7)

/* |r| = |d|, the quotient one nearer to 0, and a borrow (carry) of 0x7800 in the slack. */
static void div_5d(forge_row *f) { hand_div_inputs(f, UINT64_C(5) << 32, UINT64_C(1) << 32); }
static void div_minus_5d(forge_row *f) { hand_div_inputs(f, (uint64_t)-(INT64_C(5) << 32), UINT64_C(1) << 32); }
static inline uint64_t hand_slack(uint32_t i)
{
    return UINT64_C(1) << 16 * i | UINT64_C(0x7800) << (16 * i + 16);
}
static void div_same_0(forge_search *s) { hand_division(s, 4, UINT64_C(1) << 32, hand_slack(0), false); }
static void div_same_1(forge_search *s) { hand_division(s, 4, UINT64_C(1) << 32, hand_slack(1), false); }
static void div_same_2(forge_search *s) { hand_division(s, 4, UINT64_C(1) << 32, hand_slack(2), false); }
static void div_opposite(forge_search *s, uint32_t i)
{
    hand_set(s, DIV_SIGN_N, 1);
    hand_set(s, DIV_SIGN_D, 0);
    hand_set(s, DIV_SIGN_Q, 1);
    hand_set(s, DIV_SIGN_R, 1);
    hand_division(s, (uint64_t)-INT64_C(4), (uint64_t)-(INT64_C(1) << 32), hand_slack(i), true);
}
static void div_opposite_0(forge_search *s) { div_opposite(s, 0); }
static void div_opposite_1(forge_search *s) { div_opposite(s, 1); }
static void div_opposite_2(forge_search *s) { div_opposite(s, 2); }

/* sign_n = 2^-16: each upper limb of the product is 30721, the lower half is n. d divides that number. */
static const uint64_t hand_sign_d = INT64_MAX;
static inline uint64_t hand_sign_n(void)
{
    hand_wide one = 1, upper = ((one << 48) + (one << 32) + (one << 16) + 1) * 30721 % hand_sign_d;
    return (uint64_t)((hand_sign_d - upper * ((one << 64) % hand_sign_d) % hand_sign_d) % hand_sign_d);
}
static void div_sign_base(forge_row *f) { hand_div_inputs(f, hand_sign_n(), hand_sign_d); }
static void div_sign_n(forge_search *s)
{
    hand_wide one = 1, total = (((one << 48) + (one << 32) + (one << 16) + 1) * 30721 << 64) + hand_sign_n();
    s->f.cells[DIV_SIGN_N] = hb_f_inv(HB_F_CONST(65536));
    s->touched[DIV_SIGN_N] = true;
    hand_set(s, DIV_SIGN_D, 0);
    hand_set(s, DIV_SIGN_Q, 0);
    hand_set(s, DIV_SIGN_R, 0);
    hand_division(s, (uint64_t)(total / hand_sign_d), 0, hand_sign_d, false);
}

/* 0 / -1 as a division by zero: q = 2^64 - 1, r = 2^64 - 1 */
static void div_0_minus_1(forge_row *f) { hand_div_inputs(f, 0, UINT64_MAX); }
static void div_pretend_zero(forge_search *s)
{
    hand_set(s, DIV_SIGN_N, 0);
    hand_set(s, DIV_SIGN_D, 1);
    hand_set(s, DIV_SIGN_Q, 0);
    hand_set(s, DIV_SIGN_R, 0);
    hand_division(s, UINT64_MAX, UINT64_MAX, 0, false);
    hand_set(s, DIV_SAME, 0);
}

/* --- INITFIN: a register or RAM cell with any initial value, by class flags -1 and input 1 ------------------------------------------------------------ */
static inline void hand_class(forge_search *s, uint32_t flag, uint32_t hi, uint32_t lo)
{
    const uint32_t end = 1u << 29, img_lo = (uint32_t)(s->f.trace->program.img_lo / 8), img_hi = (uint32_t)(s->f.trace->program.img_hi / 8);
    uint32_t above = lo + (flag == INITFIN_RAM_LOW ? 1u << 13 : flag == INITFIN_RAM_HIGH ? img_hi : 0);
    uint32_t below = end - 1 - lo + (flag == INITFIN_RAM_LOW ? end - img_lo : 0);
    for (uint32_t j = INITFIN_RAM_LOW; j <= INITFIN_INPUT; j++)
        hand_set(s, j, j == flag ? -1 : j == INITFIN_INPUT);
    hand_set(s, INITFIN_HI, hi);
    hand_set(s, INITFIN_LO, lo);
    hand_set(s, INITFIN_BORROW, 0);
    hand_set(s, INITFIN_STEP_TOP, (lo - hand_get(&s->f, INITFIN_LO_BEFORE) - 1) >> 18);
    hand_set(s, INITFIN_ABOVE_TOP, above >> 18);
    hand_set(s, INITFIN_BELOW_TOP, below >> 18);
    hand_set(s, INITFIN_INIT, 99);
}
static void initfin_base(forge_row *f)
{
    hand_put(f, INITFIN_HI_BEFORE, 256);
    hand_put(f, INITFIN_LO_BEFORE, 1);
}
static void initfin_ram_low(forge_search *s) { hand_class(s, INITFIN_RAM_LOW, 512, 300000000); }
static void initfin_ram_high(forge_search *s) { hand_class(s, INITFIN_RAM_HIGH, 256, 2); }
static void initfin_ram_far(forge_search *s) { hand_class(s, INITFIN_RAM_FAR, 256, 2); }

/* A row of text that ends with another value: limb i is one more or less. */
static void initfin_text_base(forge_row *f)
{
    const hb_table *t = &f->trace->tables[HB_CHIP_INITFIN];
    uint32_t row = 0;
    while (t->cols[INITFIN_TEXT][row] == 0)
        row++;
    for (uint32_t j = 0; j < f->columns; j++)
        f->cells[j] = t->cols[j][row];
}
static inline void hand_text(forge_search *s, uint32_t i)
{
    uint32_t old = hand_get(&s->f, INITFIN_FIN + i);
    hand_set(s, INITFIN_FIN + i, old ? old - 1 : 1);
}
static void initfin_text_0(forge_search *s) { hand_text(s, 0); }
static void initfin_text_1(forge_search *s) { hand_text(s, 1); }
static void initfin_text_2(forge_search *s) { hand_text(s, 2); }
static void initfin_text_3(forge_search *s) { hand_text(s, 3); }
static void initfin_not_text(forge_search *s)
{
    hand_text(s, 0);
    hand_set(s, INITFIN_TEXT, 0);
}

/* --- carry of 0x7800 out of limb 1: 2^16 * 0x7800 = -1, so t1 is one too many; limbs 2 and 3 of the base take it up ------------------------------------- */
#define HAND_CARRY_1(name, NAME)                                                                                                                     \
    static void name##_carry_base(forge_row *f)                                                                                                      \
    {                                                                                                                                                \
        hand_address(f, NAME##_A, NAME##_IMM, (hand_get(f, NAME##_A) + hand_get(f, NAME##_IMM)) & 7);                                                \
        hand_put(f, NAME##_A + 2, 0x8800);                                                                                                           \
        hand_put(f, NAME##_A + 3, 0xffff);                                                                                                           \
    }                                                                                                                                                \
    static void name##_carry_1(forge_search *s)                                                                                                      \
    {                                                                                                                                                \
        hand_set(s, NAME##_T1, hand_get(&s->f, NAME##_T1) + 1);                                                                                      \
    }
HAND_CARRY_1(load, LOAD)
HAND_CARRY_1(store, STORE)
HAND_CARRY_1(load2, LOAD2)
HAND_CARRY_1(store2, STORE2)

static void jalr_carry_base(forge_row *f)
{
    hand_put_limbs(f, JALR_A, UINT64_C(0xffff880078010000));
}
static void jalr_carry_1(forge_search *s)
{
    hand_set(s, JALR_T1, 0x7802);
    hand_set(s, JALR_BIT0, hand_get(&s->f, JALR_IMM) & 1);
    hand_put(&s->f, JALR_Q, hand_get(&s->f, JALR_IMM) / 4);
}

/* The second double word in another place: 15 * 2^29 = -4, so wrap = 15 leads from (hi, lo) to (hi + 15, lo + 5). */
static void load2_wrap_15(forge_search *s) { hand_set(s, LOAD2_WRAP, 15); }
static void store2_wrap_15(forge_search *s) { hand_set(s, STORE2_WRAP, 15); }

/* --- BUMP: a time of 2^27 or more, by each of the three parts of its range check; a cell that keeps its time ------------------------------------------- */
static void bump_late(forge_row *f)
{
    hand_put(f, BUMP_TS_PREV, (1 << 27) - 1000);
}
static void bump_to(forge_search *s, int64_t now, hb_f new_top, int64_t gap_top)
{
    hand_set(s, BUMP_TS_NEW, now);
    hand_set(s, BUMP_GAP_TOP, gap_top);
    s->f.cells[BUMP_NEW_TOP] = new_top;
    s->touched[BUMP_NEW_TOP] = true;
}
static void bump_low_part(forge_search *s) { bump_to(s, (1 << 27) + 5, HB_F_CONST(511), 0); }
static void bump_fraction(forge_search *s) { bump_to(s, (1 << 27) + 5, hb_f_mul(HB_F_CONST(65535), hb_f_inv(HB_F_CONST(128))), 0); }
static void bump_high_part(forge_search *s) { bump_to(s, (1 << 27) + 5, HB_F_CONST(512), 0); }
static void bump_nowhere(forge_search *s) { bump_to(s, (1 << 27) - 1000, HB_F_CONST(511), 0x1e00); } /* the gap is -1 = 2^18 * 0x1e00 */

/* n = -7, d = 2: q = -4, r = 1, a division that rounds down. */
static void div_minus_7(forge_row *f) { hand_div_inputs(f, (uint64_t)-INT64_C(7), 2); }
static void div_rounds_down(forge_search *s)
{
    hand_set(s, DIV_SIGN_N, 1);
    hand_set(s, DIV_SIGN_D, 0);
    hand_set(s, DIV_SIGN_Q, 1);
    hand_set(s, DIV_SIGN_R, 0);
    hand_division(s, (uint64_t)-INT64_C(4), 1, 1, false);
}

/* --- INITFIN: the last double word of the image as zero memory ------------------------------------------------------------------------------------- */
static inline void hand_zero_memory(forge_search *s, uint32_t flag, hb_f value, int64_t above_top)
{
    const uint32_t end = 1u << 29, lo = (uint32_t)(s->f.trace->program.img_hi / 8) - 1;
    for (uint32_t j = INITFIN_RAM_LOW; j <= INITFIN_INPUT; j++)
        hand_set(s, j, 0);
    s->f.cells[flag] = value;
    hand_set(s, INITFIN_HI, 512);
    hand_set(s, INITFIN_LO, lo);
    hand_set(s, INITFIN_BORROW, 0);
    hand_set(s, INITFIN_STEP_TOP, (lo - hand_get(&s->f, INITFIN_LO_BEFORE) - 1) >> 18);
    hand_set(s, INITFIN_ABOVE_TOP, above_top);
    hand_set(s, INITFIN_BELOW_TOP, (end - 1 - lo) >> 18);
    for (uint32_t i = 0; i < 4; i++)
        hand_set(s, INITFIN_INIT + i, 0);
}
static void initfin_below_class(forge_search *s) { hand_zero_memory(s, INITFIN_RAM_HIGH, HB_F_ONE, 0); }          /* lo - img_hi = -1 */
static void initfin_far_below_class(forge_search *s) { hand_zero_memory(s, INITFIN_RAM_HIGH, HB_F_ONE, 0x1e00); } /* = 2^18 * 0x1e00 */
/* input = 1/4: hi - 540 / 4 = 377 and 511 + 32 / 4 - hi = 7, so 512 is as good as a hi without class */
static void initfin_quarter(forge_search *s)
{
    const uint32_t lo = (uint32_t)(s->f.trace->program.img_hi / 8) - 1;
    hand_zero_memory(s, INITFIN_INPUT, hb_f_inv(HB_F_CONST(4)), lo >> 18);
}

#define HAND_OFFSETS(i) \
    {HB_CHIP_LOAD2, "offset " #i, HB_OP_LD, load2_offset_base_##i, load2_offset_##i}, \
    {HB_CHIP_STORE2, "offset " #i, HB_OP_SD, store2_offset_base_##i, store2_offset_##i}

static const forge_hand forge_hands[] = {
    {HB_CHIP_LOAD, "half inside", HB_OP_LHU, load_at_7, load_ends_at_0},
    {HB_CHIP_LOAD, "word not in limb 0", HB_OP_LWU, load_at_5, load_ends_at_0},
    {HB_CHIP_LOAD, "word inside", HB_OP_LWU, load_at_7, load_ends_at_2},
    {HB_CHIP_STORE, "half inside", HB_OP_SH, store_at_7, store_half_at_7},
    {HB_CHIP_STORE, "word not in limb 3", HB_OP_SW, store_at_7, store_word_at_7},
    {HB_CHIP_STORE, "word inside", HB_OP_SW, store_at_5, store_word_at_5},
    {HB_CHIP_STORE, "limb 2", HB_OP_SB, store_at_6, store_limb_minus_2},
    {HB_CHIP_LOAD, "address carry 2", 0, load_wrap_base, load_wrap_2},
    {HB_CHIP_STORE, "address carry 2", 0, store_wrap_base, store_wrap_2},
    {HB_CHIP_LOAD2, "address carry 2", 0, load2_wrap_base, load2_wrap_2},
    {HB_CHIP_STORE2, "address carry 2", 0, store2_wrap_base, store2_wrap_2},
    {HB_CHIP_JALR, "carry 2", 0, jalr_wrap_base, jalr_wrap_2},
    HAND_OFFSETS(1), HAND_OFFSETS(2), HAND_OFFSETS(3), HAND_OFFSETS(4), HAND_OFFSETS(5), HAND_OFFSETS(6), HAND_OFFSETS(7),
    {HB_CHIP_LOAD2, "half", HB_OP_LWU, load2_lb, load2_half_negative},
    {HB_CHIP_LOAD2, "double", HB_OP_LHU, load2_addi, load2_double_negative},
    {HB_CHIP_LOAD2, "one width", 0, load2_slti, load2_two_widths},
    {HB_CHIP_LOAD2, "address carry 0", HB_OP_LD, load2_at_5, load2_next_offset},
    {HB_CHIP_STORE2, "address carry 0", HB_OP_SD, store2_at_5, store2_next_offset},
    {HB_CHIP_STORE2, "double", HB_OP_SH, store2_sb, store2_double_negative},
    {HB_CHIP_SHIFT, "bit 0", HB_OP_SLL, shift_by_3, shift_bit_0},
    {HB_CHIP_SHIFT, "bit 1", HB_OP_SLL, shift_by_10, shift_bit_1},
    {HB_CHIP_SHIFT, "bit 2", HB_OP_SLL, shift_by_68, shift_bit_2},
    {HB_CHIP_SHIFT, "bit 3", HB_OP_SLL, shift_by_2056, shift_bit_3},
    {HB_CHIP_SHIFT, "one whole", HB_OP_SLL, shift_zero, shift_two_wholes},
    {HB_CHIP_SHIFT, "right", HB_OP_SLL, shift_remu, shift_right_negative},
    {HB_CHIP_SHIFT, "PROG #18", HB_OP_SRAI, shift_prepared_base, shift_prepared},
    {HB_CHIP_DIV, "RC16 #2", HB_OP_REMU, div_large, div_carry_0},
    {HB_CHIP_DIV, "RC16 #3", HB_OP_REMU, div_large, div_carry_1},
    {HB_CHIP_DIV, "RC16 #4", HB_OP_DIVU, div_large, div_carry_2},
    {HB_CHIP_DIV, "RC16 #5", HB_OP_DIVU, div_large, div_carry_3},
    {HB_CHIP_DIV, "RC16 #6", HB_OP_DIVU, div_large, div_carry_4},
    {HB_CHIP_DIV, "RC16 #7", HB_OP_DIVU, div_large, div_carry_5},
    {HB_CHIP_DIV, "RC16 #8", HB_OP_DIVU, div_large, div_carry_6},
    {HB_CHIP_DIV, "RC16 #9", HB_OP_DIVU, div_large, div_carry_7},
    {HB_CHIP_DIV, "same 0", HB_OP_DIVU, div_5d, div_same_0},
    {HB_CHIP_DIV, "same 1", HB_OP_DIVU, div_5d, div_same_1},
    {HB_CHIP_DIV, "same 2", HB_OP_DIVU, div_5d, div_same_2},
    {HB_CHIP_DIV, "opposite 0", HB_OP_DIV, div_minus_5d, div_opposite_0},
    {HB_CHIP_DIV, "opposite 1", HB_OP_DIV, div_minus_5d, div_opposite_1},
    {HB_CHIP_DIV, "opposite 2", HB_OP_DIV, div_minus_5d, div_opposite_2},
    {HB_CHIP_DIV, "sign n", HB_OP_DIV, div_sign_base, div_sign_n},
    {HB_CHIP_DIV, "by zero only", HB_OP_DIV, div_0_minus_1, div_pretend_zero},
    {HB_CHIP_LOAD, "address carry 1", 0, load_carry_base, load_carry_1},
    {HB_CHIP_STORE, "address carry 1", 0, store_carry_base, store_carry_1},
    {HB_CHIP_LOAD2, "address carry 1", 0, load2_carry_base, load2_carry_1},
    {HB_CHIP_STORE2, "address carry 1", 0, store2_carry_base, store2_carry_1},
    {HB_CHIP_JALR, "carry 1", 0, jalr_carry_base, jalr_carry_1},
    {HB_CHIP_LOAD2, "wrap", 0, NULL, load2_wrap_15},
    {HB_CHIP_STORE2, "wrap", 0, NULL, store2_wrap_15},
    {HB_CHIP_BUMP, "RC18 #2", 0, bump_late, bump_low_part},
    {HB_CHIP_BUMP, "RC16 #3", 0, bump_late, bump_fraction},
    {HB_CHIP_BUMP, "RC16 #4", 0, bump_late, bump_high_part},
    {HB_CHIP_BUMP, "RC16 #7", 0, bump_late, bump_nowhere},
    {HB_CHIP_DIV, "remainder's sign", HB_OP_DIV, div_minus_7, div_rounds_down},
    {HB_CHIP_INITFIN, "RC18 #8", 0, initfin_base, initfin_below_class},
    {HB_CHIP_INITFIN, "RC16 #10", 0, initfin_base, initfin_far_below_class},
    {HB_CHIP_INITFIN, "input", 0, initfin_base, initfin_quarter},
    {HB_CHIP_INITFIN, "ram_low", 0, initfin_base, initfin_ram_low},
    {HB_CHIP_INITFIN, "ram_high", 0, initfin_base, initfin_ram_high},
    {HB_CHIP_INITFIN, "ram_far", 0, initfin_base, initfin_ram_far},
    {HB_CHIP_INITFIN, "text 0", 0, initfin_text_base, initfin_text_0},
    {HB_CHIP_INITFIN, "text 1", 0, initfin_text_base, initfin_text_1},
    {HB_CHIP_INITFIN, "text 2", 0, initfin_text_base, initfin_text_2},
    {HB_CHIP_INITFIN, "text 3", 0, initfin_text_base, initfin_text_3},
    {HB_CHIP_INITFIN, "IMAGE #18", 0, initfin_text_base, initfin_not_text},
};
