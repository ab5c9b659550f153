/* The end of the image: exit code, gas behind the output, SHA-256 of both, COMMIT, HALT. SHA-256 is FIPS 180-4, in RV64IM instructions. */
#include "bytecode/bcode_image.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { LOCAL = HB_RT_LOCAL + 40 };

const uint32_t hb_bc_sha_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t initial_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* The working variables a..h of round r in registers work[(0..7) - r mod 8]; their upper halves are arbitrary. */
static const uint8_t work[8] = {HB_A0, HB_A1, HB_A2, HB_A3, HB_A4, HB_A5, HB_A6, HB_A7};

/* rd := three rotations (by n0, n1, n2) of the low half of rs, XORed. Two copies of the word side by side make a rotation one shift. t0, t1 are lost. */
static void rotations(hb_emit *e, unsigned rd, unsigned rs, int n0, int n1, int n2)
{
    const hb_emit_row rows[] = {
        HB_I(SLLI, HB_T0, rs, 32),     HB_I(SRLI, HB_T1, HB_T0, 32),  HB_R(OR, HB_T0, HB_T0, HB_T1), HB_I(SRLI, HB_T1, HB_T0, n0),
        HB_I(SRLI, rd, HB_T0, n1),     HB_R(XOR, HB_T1, HB_T1, rd),   HB_I(SRLI, rd, HB_T0, n2),     HB_R(XOR, rd, HB_T1, rd),
    };
    hb_emit_rows(e, rows, COUNT(rows));
}

/* The same with a shift of the word in place of the third rotation. */
static void rotations_shift(hb_emit *e, unsigned rd, unsigned rs, int n0, int n1, int shift)
{
    const hb_emit_row rows[] = {
        HB_I(SLLI, HB_T0, rs, 32),     HB_I(SRLI, rd, HB_T0, 32),     HB_R(OR, HB_T0, HB_T0, rd),    HB_I(SRLI, HB_T1, HB_T0, n0),
        HB_I(SRLI, rd, rd, shift),     HB_R(XOR, rd, rd, HB_T1),      HB_I(SRLI, HB_T1, HB_T0, n1),  HB_R(XOR, rd, rd, HB_T1),
    };
    hb_emit_rows(e, rows, COUNT(rows));
}

/* t5: the schedule, t6: the constants; byte offset of the round from both. */
static void round_of(hb_emit *e, unsigned r)
{
    unsigned v[8];
    for (unsigned k = 0; k < 8; k++)
        v[k] = work[(k + 8 - r) % 8];
    unsigned a = v[0], b = v[1], c = v[2], d = v[3], f = v[5], g = v[6], h = v[7], x = v[4];
    rotations(e, HB_S0, x, 6, 11, 25);
    const hb_emit_row rows[] = {
        HB_R(XOR, HB_T0, f, g),          HB_R(AND, HB_T0, HB_T0, x),     HB_R(XOR, HB_T0, HB_T0, g), /* choice */
        HB_R(ADD, h, h, HB_S0),          HB_R(ADD, h, h, HB_T0),
        HB_I(LW, HB_T0, HB_T5, 4 * r),   HB_I(LW, HB_T1, HB_T6, 4 * r),
        HB_R(ADD, h, h, HB_T0),          HB_R(ADD, h, h, HB_T1),         HB_R(ADD, d, d, h),
    };
    hb_emit_rows(e, rows, COUNT(rows));
    rotations(e, HB_S0, a, 2, 13, 22);
    /* Majority: ((a ^ b) & (b ^ c)) ^ b; s1 holds b ^ c, which was a ^ b in the round before. */
    const hb_emit_row more[] = {
        HB_R(XOR, HB_T0, a, b),          HB_R(AND, HB_S1, HB_S1, HB_T0), HB_R(XOR, HB_S1, HB_S1, b), HB_R(ADD, h, h, HB_S0),
        HB_R(ADD, h, h, HB_S1),          HB_MV(HB_S1, HB_T0),
    };
    (void)c;
    hb_emit_rows(e, more, COUNT(more));
}

/* Sixteen big-endian words from t3 to the schedule at t5, two at a time: bytes are swapped within both halves of a double word. */
static void load_words(hb_emit *e)
{
    hb_emit_li(e, HB_A4, 0x00ff00ff00ff00ff);
    hb_emit_li(e, HB_A5, 0x0000ffff0000ffff);
    static const hb_emit_row rows[] = {
        HB_I(ADDI, HB_A6, HB_T3, 64),
        HB_MV(HB_A7, HB_T5),
        HB_LABEL(LOCAL),
        HB_I(LD, HB_A0, HB_T3, 0),
        HB_I(ADDI, HB_T3, HB_T3, 8),
        HB_I(SRLI, HB_A1, HB_A0, 8),
        HB_R(AND, HB_A1, HB_A1, HB_A4),
        HB_R(AND, HB_A0, HB_A0, HB_A4),
        HB_I(SLLI, HB_A0, HB_A0, 8),
        HB_R(OR, HB_A0, HB_A0, HB_A1),
        HB_I(SRLI, HB_A1, HB_A0, 16),
        HB_R(AND, HB_A1, HB_A1, HB_A5),
        HB_R(AND, HB_A0, HB_A0, HB_A5),
        HB_I(SLLI, HB_A0, HB_A0, 16),
        HB_R(OR, HB_A0, HB_A0, HB_A1),
        HB_ST(SD, HB_A0, 0, HB_A7),
        HB_I(ADDI, HB_A7, HB_A7, 8),
        HB_BR(BNE, HB_T3, HB_A6, LOCAL),
    };
    hb_emit_rows(e, rows, COUNT(rows));
}

/* Words 16..63; a7 runs along the schedule. */
static void extend_words(hb_emit *e)
{
    static const hb_emit_row head[] = {
        HB_I(ADDI, HB_A6, HB_T5, 192),
        HB_MV(HB_A7, HB_T5),
        HB_I(LW, HB_A0, HB_A7, 0),
        HB_LABEL(LOCAL + 1),
        HB_I(LW, HB_A1, HB_A7, 4),
        HB_I(LW, HB_A2, HB_A7, 56),
        HB_I(LW, HB_A4, HB_A7, 36),
    };
    static const hb_emit_row tail[] = {
        HB_R(ADD, HB_A0, HB_A0, HB_A3),
        HB_R(ADD, HB_A0, HB_A0, HB_A4),
        HB_R(ADD, HB_A0, HB_A0, HB_A5),
        HB_ST(SW, HB_A0, 64, HB_A7),
        HB_MV(HB_A0, HB_A1), /* next word 0 */
        HB_I(ADDI, HB_A7, HB_A7, 4),
        HB_BR(BNE, HB_A7, HB_A6, LOCAL + 1),
    };
    hb_emit_rows(e, head, COUNT(head));
    rotations_shift(e, HB_A3, HB_A1, 7, 18, 3);
    rotations_shift(e, HB_A5, HB_A2, 17, 19, 10);
    hb_emit_rows(e, tail, COUNT(tail));
}

/* One compression of the block at t3, which moves on. */
static void sha_block(hb_bc_translation *t)
{
    hb_emit *e = &t->e;
    hb_emit_place(e, HB_RT_SHA_BLOCK);
    hb_emit_i(e, HB_OP_ADDI, HB_T5, HB_BC_GLOB, HB_BC_VAR_SCHEDULE);
    load_words(e);
    extend_words(e);
    hb_emit_la(e, HB_T6, HB_RT_RODATA);
    hb_emit_i(e, HB_OP_ADDI, HB_T6, HB_T6, HB_BC_RO_SHA);
    for (unsigned k = 0; k < 8; k++)
        hb_emit_i(e, HB_OP_LW, work[k], HB_BC_GLOB, HB_BC_VAR_STATE + 4 * (int)k);
    hb_emit_r(e, HB_OP_XOR, HB_S1, work[1], work[2]);
    hb_emit_i(e, HB_OP_ADDI, HB_S2, HB_T5, 256);
    hb_emit_place(e, LOCAL + 2);
    for (unsigned r = 0; r < 8; r++)
        round_of(e, r);
    hb_emit_i(e, HB_OP_ADDI, HB_T5, HB_T5, 32);
    hb_emit_i(e, HB_OP_ADDI, HB_T6, HB_T6, 32);
    hb_emit_branch(e, HB_OP_BNE, HB_T5, HB_S2, LOCAL + 2);
    for (unsigned k = 0; k < 8; k++) {
        hb_emit_i(e, HB_OP_LW, HB_T0, HB_BC_GLOB, HB_BC_VAR_STATE + 4 * (int)k);
        hb_emit_r(e, HB_OP_ADD, HB_T0, HB_T0, work[k]);
        hb_emit_store(e, HB_OP_SW, HB_T0, HB_BC_GLOB, HB_BC_VAR_STATE + 4 * (int)k);
    }
    hb_emit_i(e, HB_OP_JALR, HB_X0, HB_RA, 0);
}

static void initial(hb_emit *e)
{
    for (unsigned k = 0; k < 8; k++) {
        hb_emit_li(e, HB_T0, initial_state[k]);
        hb_emit_store(e, HB_OP_SW, HB_T0, HB_BC_GLOB, HB_BC_VAR_STATE + 4 * (int)k);
    }
}

/* COMMIT of the eight words: bytes of the digest in little-endian words, so those of the state are swapped. */
static void commit(hb_emit *e)
{
    static const hb_emit_row rows[] = {
        HB_MV(HB_A0, HB_X0),
        HB_I(ADDI, HB_A3, HB_BC_GLOB, HB_BC_VAR_STATE),
        HB_LI(HB_A4, 8),
        HB_LABEL(LOCAL + 5),
        HB_I(LBU, HB_A1, HB_A3, 0),
        HB_I(LBU, HB_T0, HB_A3, 1),
        HB_I(SLLI, HB_A1, HB_A1, 8),
        HB_R(OR, HB_A1, HB_A1, HB_T0),
        HB_I(LBU, HB_T0, HB_A3, 2),
        HB_I(SLLI, HB_A1, HB_A1, 8),
        HB_R(OR, HB_A1, HB_A1, HB_T0),
        HB_I(LBU, HB_T0, HB_A3, 3),
        HB_I(SLLI, HB_A1, HB_A1, 8),
        HB_R(OR, HB_A1, HB_A1, HB_T0),
        HB_LI(HB_T0, 0x10), /* COMMIT */
        HB_ECALL,
        HB_I(ADDI, HB_A3, HB_A3, 4),
        HB_I(ADDI, HB_A0, HB_A0, 1),
        HB_BR(BNE, HB_A0, HB_A4, LOCAL + 5),
    };
    hb_emit_rows(e, rows, COUNT(rows));
}

/* The output is in memory, padded where it lies: behind it everything is still zero. s5: exit code, s6: end of the public values, s7: their start. */
static void finish(hb_bc_translation *t)
{
    static const hb_emit_row head[] = {
        HB_R(SUB, HB_T0, HB_T0, HB_BC_GAS), /* gas used */
        HB_MV(HB_S5, HB_A0),
        HB_I(LD, HB_S6, HB_BC_GLOB, HB_BC_VAR_OUTPUT),
        HB_ST(SD, HB_T0, 0, HB_S6),
        HB_I(ADDI, HB_S6, HB_S6, 8),
    };
    static const hb_emit_row body[] = {
        HB_MV(HB_T3, HB_S7),
        HB_R(SUB, HB_A2, HB_S6, HB_S7),
        HB_MV(HB_A1, HB_S7),
        HB_LI(HB_A0, 13),
        HB_LI(HB_T0, 2), /* WRITE */
        HB_ECALL,
        HB_LI(HB_T0, 0x80),
        HB_ST(SB, HB_T0, 0, HB_S6),
        /* t4: end of the last block; the length in bits goes into its last 8 bytes, big-endian. */
        HB_I(ADDI, HB_T4, HB_S6, 72),
        HB_I(ANDI, HB_T4, HB_T4, -64),
        HB_I(SLLI, HB_A2, HB_A2, 3),
        HB_I(ADDI, HB_T0, HB_T4, -8),
        HB_MV(HB_T1, HB_T4),
        HB_LABEL(LOCAL + 3),
        HB_I(ADDI, HB_T1, HB_T1, -1),
        HB_ST(SB, HB_A2, 0, HB_T1),
        HB_I(SRLI, HB_A2, HB_A2, 8),
        HB_BR(BNE, HB_T1, HB_T0, LOCAL + 3),
        HB_LABEL(LOCAL + 4),
        HB_CALL(HB_RT_SHA_BLOCK),
        HB_BR(BNE, HB_T3, HB_T4, LOCAL + 4),
    };
    static const hb_emit_row tail[] = {
        HB_MV(HB_A0, HB_S5),
        HB_MV(HB_T0, HB_X0), /* HALT */
        HB_ECALL,
    };
    hb_emit *e = &t->e;
    hb_emit_place(e, HB_RT_FINISH);
    hb_emit_li(e, HB_T0, hb_bc_gas_start(t->p));
    hb_emit_rows(e, head, COUNT(head));
    hb_emit_li(e, HB_S7, HB_BC_AT_OUTPUT);
    initial(e);
    hb_emit_rows(e, body, COUNT(body));
    commit(e);
    hb_emit_rows(e, tail, COUNT(tail));
}

void hb_bc_emit_finish(hb_bc_translation *t)
{
    hb_emit *e = &t->e;
    for (unsigned end = HB_BC_END_SUCCESS; end < HB_BC_END_COUNT; end++) {
        hb_emit_place(e, HB_RT_TRAP + end);
        hb_emit_li(e, HB_A0, hb_bytecode_end_code((hb_bytecode_end)end));
        if (end + 1 < HB_BC_END_COUNT)
            hb_emit_jump(e, HB_RT_FINISH);
    }
    finish(t);
    sha_block(t);
}
