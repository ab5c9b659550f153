/* Encoding of the x86-64 instructions that the translator uses. Source: "Intel 64 and IA-32 Architectures Software
 * Developer's Manual", volume 2, chapter 2 (prefixes, ModRM, SIB, VEX) and the opcode tables. The caller makes sure
 * that there is room: no instruction is longer than 15 bytes. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { X_RAX, X_RCX, X_RDX, X_RBX, X_RSP, X_RBP, X_RSI, X_RDI, X_R8, X_R9, X_R10, X_R11, X_R12, X_R13, X_R14, X_R15 };

/* Condition codes, as in the low four bits of Jcc and SETcc; cc ^ 1 is the opposite. */
enum { X_B = 2, X_AE = 3, X_E = 4, X_NE = 5, X_BE = 6, X_A = 7, X_L = 12, X_GE = 13, X_LE = 14, X_G = 15 };

/* Opcodes; those with two bytes are written as 0x0fXX. "load": reg <- r/m, "store": r/m <- reg. */
enum {
    X_ADD = 0x03,
    X_OR = 0x0b,
    X_AND = 0x23,
    X_SUB = 0x2b,
    X_XOR = 0x33,
    X_CMP = 0x3b,
    X_TEST = 0x85,
    X_MOV = 0x8b,
    X_MOV_STORE = 0x89,
    X_MOV_STORE8 = 0x88,
    X_MOVSXD = 0x63,
    X_LEA = 0x8d,
    X_IMUL = 0x0faf,
    X_MOVZX8 = 0x0fb6,
    X_MOVZX16 = 0x0fb7,
    X_MOVSX8 = 0x0fbe,
    X_MOVSX16 = 0x0fbf
};
/* The /digit of the immediate group 0x81/0x83, of the shift group 0xc1/0xd3, of the unary group 0xf7. */
enum { X_G_ADD = 0, X_G_OR = 1, X_G_AND = 4, X_G_SUB = 5, X_G_XOR = 6, X_G_CMP = 7 };
enum { X_G_ROR = 1, X_G_SHL = 4, X_G_SHR = 5, X_G_SAR = 7 };
enum { X_G_NEG = 3, X_G_MUL = 4, X_G_IMUL = 5, X_G_DIV = 6, X_G_IDIV = 7 };

typedef struct hb_x64 {
    uint8_t *p; /* where the next byte goes */
} hb_x64;

#define X_NO_INDEX 0xff

/* The r/m operand: a register; [base + index << scale + disp]; or the memory at `target`, relative to rip. */
typedef struct hb_x64_rm {
    enum { X_RM_REG, X_RM_MEM, X_RM_RIP } kind;
    uint8_t base, index, scale;
    int32_t disp;
    const void *target;
} hb_x64_rm;

static inline hb_x64_rm x_reg(unsigned r)
{
    return (hb_x64_rm){.kind = X_RM_REG, .base = (uint8_t)r, .index = X_NO_INDEX};
}

static inline hb_x64_rm x_mem(unsigned base, int32_t disp)
{
    return (hb_x64_rm){.kind = X_RM_MEM, .base = (uint8_t)base, .index = X_NO_INDEX, .disp = disp};
}

static inline hb_x64_rm x_mem_index(unsigned base, unsigned index, unsigned scale, int32_t disp)
{
    return (hb_x64_rm){
        .kind = X_RM_MEM, .base = (uint8_t)base, .index = (uint8_t)index, .scale = (uint8_t)scale, .disp = disp};
}

static inline hb_x64_rm x_at(const void *target)
{
    return (hb_x64_rm){.kind = X_RM_RIP, .index = X_NO_INDEX, .target = target};
}

static inline void x_byte(hb_x64 *e, unsigned v)
{
    *e->p++ = (uint8_t)v;
}

static inline void x_dword(hb_x64 *e, uint32_t v)
{
    memcpy(e->p, &v, sizeof v);
    e->p += sizeof v;
}

static inline void x_qword(hb_x64 *e, uint64_t v)
{
    memcpy(e->p, &v, sizeof v);
    e->p += sizeof v;
}

/* ModRM, SIB and displacement; `behind`: bytes of immediates that follow. */
static inline void x_modrm(hb_x64 *e, unsigned reg, hb_x64_rm rm, unsigned behind)
{
    const unsigned r = (reg & 7) << 3, b = rm.base & 7;
    if (rm.kind == X_RM_REG) {
        x_byte(e, 0xc0 | r | b);
        return;
    }
    if (rm.kind == X_RM_RIP) {
        x_byte(e, r | 5);
        x_dword(e, (uint32_t)((intptr_t)rm.target - (intptr_t)(e->p + 4 + behind)));
        return;
    }
    const bool sib = rm.index != X_NO_INDEX || b == 4;
    const unsigned mod = rm.disp == 0 && b != 5 ? 0 : rm.disp == (int8_t)rm.disp ? 0x40 : 0x80;
    x_byte(e, mod | r | (sib ? 4 : b));
    if (sib)
        x_byte(e, (unsigned)rm.scale << 6 | (rm.index == X_NO_INDEX ? 4u : rm.index & 7u) << 3 | b);
    if (mod == 0x40)
        x_byte(e, (uint8_t)rm.disp);
    else if (mod == 0x80)
        x_dword(e, (uint32_t)rm.disp);
}

/* REX when it is needed; byte: the register is used as 8 bits (spl.. need a REX to be sil..). */
static inline void x_rex(hb_x64 *e, bool wide, unsigned reg, hb_x64_rm rm, bool byte)
{
    unsigned rex = (wide ? 8u : 0u) | (reg >> 3) << 2 | (rm.index != X_NO_INDEX ? (unsigned)(rm.index >> 3) << 1 : 0u) |
                   (rm.kind == X_RM_RIP ? 0u : (unsigned)(rm.base >> 3));
    if (rex || (byte && (reg >= 4 || (rm.kind == X_RM_REG && rm.base >= 4))))
        x_byte(e, 0x40 | rex);
}

static inline void x_opcode(hb_x64 *e, unsigned opcode)
{
    if (opcode >> 8)
        x_byte(e, opcode >> 8);
    x_byte(e, opcode & 0xff);
}

/* opcode reg, r/m with operands of 64 bits (wide) or 32; 8-bit opcodes via x_op8. */
static inline void x_op(hb_x64 *e, bool wide, unsigned opcode, unsigned reg, hb_x64_rm rm)
{
    x_rex(e, wide, reg, rm, false);
    x_opcode(e, opcode);
    x_modrm(e, reg, rm, 0);
}

/* The same where the register, or a register r/m, is one of 8 bits. */
static inline void x_op8(hb_x64 *e, bool wide, unsigned opcode, unsigned reg, hb_x64_rm rm)
{
    x_rex(e, wide, reg, rm, true);
    x_opcode(e, opcode);
    x_modrm(e, reg, rm, 0);
}

/* op r/m, imm of the group X_G_ADD .. X_G_CMP. */
static inline void x_imm(hb_x64 *e, bool wide, unsigned op, hb_x64_rm rm, int32_t imm)
{
    const bool small = imm == (int8_t)imm;
    x_rex(e, wide, 0, rm, false);
    x_byte(e, small ? 0x83 : 0x81);
    x_modrm(e, op, rm, small ? 1 : 4);
    if (small)
        x_byte(e, (uint8_t)imm);
    else
        x_dword(e, (uint32_t)imm);
}

/* Shift by a constant, or by cl. */
static inline void x_shift(hb_x64 *e, bool wide, unsigned op, unsigned reg, unsigned amount)
{
    x_rex(e, wide, 0, x_reg(reg), false);
    x_byte(e, 0xc1);
    x_modrm(e, op, x_reg(reg), 1);
    x_byte(e, amount);
}

static inline void x_shift_cl(hb_x64 *e, bool wide, unsigned op, unsigned reg)
{
    x_rex(e, wide, 0, x_reg(reg), false);
    x_byte(e, 0xd3);
    x_modrm(e, op, x_reg(reg), 0);
}

/* BMI2: reg := r/m shifted by the register count. op: X_G_SHL, X_G_SHR, X_G_SAR. */
static inline void x_shift_by(hb_x64 *e, bool wide, unsigned op, unsigned reg, hb_x64_rm rm, unsigned count)
{
    const unsigned pp = op == X_G_SHL ? 1 : op == X_G_SAR ? 2 : 3;
    x_byte(e, 0xc4);
    x_byte(e, (reg & 8 ? 0u : 0x80u) | 0x40 | (rm.base & 8 ? 0u : 0x20u) | 2);
    x_byte(e, (wide ? 0x80u : 0u) | (~count & 15u) << 3 | pp);
    x_byte(e, 0xf7);
    x_modrm(e, reg, rm, 0);
}

/* MUL, IMUL, DIV, IDIV, NEG of rdx:rax and r/m. */
static inline void x_unary(hb_x64 *e, bool wide, unsigned op, hb_x64_rm rm)
{
    x_op(e, wide, 0xf7, op, rm);
}

static inline void x_mov(hb_x64 *e, unsigned to, unsigned from)
{
    if (to != from)
        x_op(e, true, X_MOV, to, x_reg(from));
}

/* reg := constant, by the shortest encoding that leaves the flags alone. */
static inline void x_const(hb_x64 *e, unsigned reg, uint64_t v)
{
    if (v >> 32 == 0) {
        x_rex(e, false, 0, x_reg(reg), false);
        x_byte(e, 0xb8 | (reg & 7));
        x_dword(e, (uint32_t)v);
    } else if ((int64_t)v == (int32_t)v) {
        x_rex(e, true, 0, x_reg(reg), false);
        x_byte(e, 0xc7);
        x_modrm(e, 0, x_reg(reg), 4);
        x_dword(e, (uint32_t)v);
    } else {
        x_rex(e, true, 0, x_reg(reg), false);
        x_byte(e, 0xb8 | (reg & 7));
        x_qword(e, v);
    }
}

/* mem of 1, 2, 4 or 8 bytes := imm, sign-extended. */
static inline void x_store_imm(hb_x64 *e, unsigned bytes, hb_x64_rm mem, int32_t imm)
{
    if (bytes == 2)
        x_byte(e, 0x66);
    x_rex(e, bytes == 8, 0, mem, false);
    x_byte(e, bytes == 1 ? 0xc6 : 0xc7);
    x_modrm(e, 0, mem, bytes > 4 ? 4 : bytes);
    if (bytes == 1)
        x_byte(e, (uint8_t)imm);
    else if (bytes == 2) {
        x_byte(e, (uint8_t)imm);
        x_byte(e, (uint8_t)(imm >> 8));
    } else
        x_dword(e, (uint32_t)imm);
}

static inline void x_store(hb_x64 *e, unsigned bytes, hb_x64_rm mem, unsigned reg)
{
    if (bytes == 2)
        x_byte(e, 0x66);
    if (bytes == 1)
        x_op8(e, false, X_MOV_STORE8, reg, mem);
    else
        x_op(e, bytes == 8, X_MOV_STORE, reg, mem);
}

/* setcc r8; movzx r32, r8 */
static inline void x_setcc(hb_x64 *e, unsigned cc, unsigned to, unsigned scratch)
{
    x_op8(e, false, 0x0f90 | cc, 0, x_reg(scratch));
    x_op8(e, false, X_MOVZX8, to, x_reg(scratch));
}

/* Instructions that do nothing up to a multiple of n, a power of 2 that is at most 64. */
static inline void x_align(hb_x64 *e, unsigned n)
{
    static const uint8_t nops[9][9] = {
        {0x90},
        {0x66, 0x90},
        {0x0f, 0x1f, 0x00},
        {0x0f, 0x1f, 0x40, 0x00},
        {0x0f, 0x1f, 0x44, 0x00, 0x00},
        {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
        {0x0f, 0x1f, 0x80, 0, 0, 0, 0},
        {0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0},
        {0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0},
    };
    for (unsigned gap = (unsigned)(-(uintptr_t)e->p & (n - 1)); gap;) {
        const unsigned k = gap < 9 ? gap : 9;
        memcpy(e->p, nops[k - 1], k);
        e->p += k;
        gap -= k;
    }
}

/* Jumps return the place of their 32-bit distance, for x_patch. */
static inline uint8_t *x_jcc(hb_x64 *e, unsigned cc)
{
    x_byte(e, 0x0f);
    x_byte(e, 0x80 | cc);
    x_dword(e, 0);
    return e->p - 4;
}

static inline uint8_t *x_jmp(hb_x64 *e)
{
    x_byte(e, 0xe9);
    x_dword(e, 0);
    return e->p - 4;
}

static inline uint8_t *x_call(hb_x64 *e)
{
    x_byte(e, 0xe8);
    x_dword(e, 0);
    return e->p - 4;
}

static inline void x_patch(uint8_t *site, const uint8_t *target)
{
    const int32_t d = (int32_t)(target - (site + 4));
    memcpy(site, &d, sizeof d);
}

static inline void x_jmp_to(hb_x64 *e, const uint8_t *target)
{
    x_patch(x_jmp(e), target);
}

/* jmp r/m */
static inline void x_jmp_rm(hb_x64 *e, hb_x64_rm rm)
{
    x_op(e, false, 0xff, 4, rm);
}

/* inc qword [mem] */
static inline void x_inc(hb_x64 *e, hb_x64_rm mem)
{
    x_op(e, true, 0xff, 0, mem);
}

static inline void x_push(hb_x64 *e, unsigned reg)
{
    x_rex(e, false, 0, x_reg(reg), false);
    x_byte(e, 0x50 | (reg & 7));
}

static inline void x_pop(hb_x64 *e, unsigned reg)
{
    x_rex(e, false, 0, x_reg(reg), false);
    x_byte(e, 0x58 | (reg & 7));
}

static inline void x_ret(hb_x64 *e)
{
    x_byte(e, 0xc3);
}
