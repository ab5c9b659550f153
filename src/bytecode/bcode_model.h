/* A tiny model of bytecode for tests, written from the definition and sharing nothing with the interpreter: no table, no decoding ahead. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BCM_STACK = 4096, BCM_MEMORY = 4096, BCM_OUTPUT = 65536 };

typedef struct bcm {
    const uint8_t *code;
    uint32_t len;
    uint64_t stack_limit, memory_limit, gas_limit; /* bytes, at most the arrays below */
    const uint8_t *in;
    uint64_t in_len, in_at;
    uint64_t pc, gas, steps;
    uint64_t s[BCM_STACK];
    uint64_t n;
    uint64_t calls[1024];
    uint32_t n_calls;
    uint64_t r[32];
    uint8_t mem[BCM_MEMORY];
    uint8_t out[BCM_OUTPUT];
    uint64_t n_out;
    bool zero, negative;
    int end; /* -1: running; else the exit code */
} bcm;

static inline uint32_t bcm_size(uint8_t op)
{
    if (op == 0x30 || op == 0x35 || op == 0x36 || op == 0x40 || op == 0x41)
        return 2;
    return op == 0x31 ? 3 : op == 0x32 ? 5 : op == 0x33 ? 9 : 1;
}

static inline bool bcm_is_start(const bcm *m, uint64_t target)
{
    uint64_t at = 0;
    while (at < m->len && at < target)
        at += bcm_size(m->code[at]);
    return at < m->len && at == target;
}

static inline uint64_t bcm_price(uint8_t op)
{
    switch (op) {
    case 0x03: case 0x09: case 0x60: case 0x62: return 2;
    case 0x04: case 0x05: case 0x63: case 0x64: return 3;
    case 0x06: case 0x21: case 0x22: return 10;
    case 0x20: return 8;
    case 0x23: return 5;
    case 0x24: case 0x25: return 0;
    case 0x70: return 20;
    case 0x71: return 50;
    default: return op >= 0x10 && op <= 0x19 ? 3 : 1;
    }
}

/* Words that must be there, and the change of their number. */
static inline void bcm_words(uint8_t op, uint8_t imm, uint64_t *need, int *net)
{
    *need = 2, *net = -1; /* what two-operand instructions do */
    if (op >= 0x10 && op <= 0x19)
        op & 1 ? (*net = -2) : (*need = 1, *net = 0);
    else if (op == 0x20 || op == 0x22 || op == 0x34 || op == 0x41 || op == 0x62)
        *need = 1, *net = -1;
    else if (op == 0x21 || op == 0x63 || op == 0x64 || op == 0x71)
        *net = -2;
    else if (op >= 0x23 && op <= 0x25)
        *need = 0, *net = 0;
    else if ((op >= 0x30 && op <= 0x33) || op == 0x40 || op == 0x60 || op == 0x61)
        *need = 0, *net = 1;
    else if (op == 0x35)
        *need = imm + UINT64_C(1), *net = 1;
    else if (op == 0x36)
        *need = imm + UINT64_C(1), *net = 0;
    else if (op == 0x53 || op == 0x57 || op == 0x70)
        *need = 1, *net = 0;
}

static inline bool bcm_power(unsigned __int128 a, uint64_t b, uint64_t *out)
{
    /* By repeated multiplication; more than 63 factors of at least 2 never fit. */
    unsigned __int128 v = 1;
    if (a < 2) {
        *out = b ? (uint64_t)a : 1;
        return true;
    }
    for (uint64_t k = 0; k < b; k++) {
        v *= a;
        if (v >> 64)
            return false;
    }
    *out = (uint64_t)v;
    return true;
}

/* The result of a two-operand instruction; false: arithmetic. */
static inline bool bcm_binary(uint8_t op, uint64_t a, uint64_t b, uint64_t *v)
{
    unsigned __int128 x = a, y = b, sum = x + y, product = x * y;
    switch (op) {
    case 0x01: *v = (uint64_t)sum; return sum >> 64 == 0;
    case 0x02: *v = a - b; return b <= a;
    case 0x03: *v = (uint64_t)product; return product >> 64 == 0;
    case 0x04: *v = b ? a / b : 0; return b != 0;
    case 0x05: *v = b ? a % b : 0; return b != 0;
    case 0x06: return bcm_power(a, b, v);
    case 0x07: *v = (uint64_t)sum; return true;
    case 0x08: *v = (uint64_t)(x - y); return true;
    case 0x09: *v = (uint64_t)product; return true;
    case 0x50: *v = x < y; return true;
    case 0x51: *v = x > y; return true;
    case 0x52: *v = x == y; return true;
    case 0x54: *v = a & b; return true;
    case 0x55: *v = a | b; return true;
    case 0x56: *v = a ^ b; return true;
    case 0x58: *v = b > 63 ? 0 : a << b; return true;
    case 0x59: *v = b > 63 ? 0 : a >> b; return true;
    default: return false;
    }
}

static inline bool bcm_inside(const bcm *m, uint64_t a, uint64_t n)
{
    return (unsigned __int128)a + n <= m->memory_limit;
}

/* An instruction about to happen. */
typedef struct bcm_insn {
    uint8_t op, width; /* bytes of a memory access */
    uint64_t next, imm, price, need, a, b, left, v; /* v: the result of a two-operand instruction */
    int net;
    bool jumps, binary;
} bcm_insn;

static inline bcm_insn bcm_fetch(const bcm *m)
{
    bcm_insn i = {.op = m->code[m->pc], .left = m->in_len - m->in_at};
    i.width = (uint8_t)(1 << (((i.op & 15) >> 1) + 3) % 4);
    i.next = m->pc + bcm_size(i.op);
    i.price = bcm_price(i.op);
    for (uint64_t k = i.next; --k > m->pc;)
        i.imm = i.imm << 8 | m->code[k];
    bcm_words(i.op, (uint8_t)i.imm, &i.need, &i.net);
    i.a = m->n > 0 ? m->s[m->n - 1] : 0, i.b = m->n > 1 ? m->s[m->n - 2] : 0;
    if ((i.op == 0x63 || i.op == 0x64) && m->n > 1)
        i.price += i.b / 8 + (i.b % 8 ? 1 : 0);
    i.jumps = i.op == 0x20 || i.op == 0x22 || (i.op == 0x21 && i.b != 0);
    i.binary = i.need == 2 && i.net == -1;
    return i;
}

/* Everything that can go wrong, in the order of the definition; -1: nothing. */
static inline int bcm_trap(const bcm *m, bcm_insn *i)
{
    uint8_t op = i->op;
    bool memory = (op >= 0x10 && op <= 0x19) || op == 0x70 || op == 0x71 || ((op == 0x63 || op == 0x64) && i->b != 0);
    return i->price > m->gas_limit - m->gas                                                 ? 21
           : m->n < i->need                                                                 ? 18
           : 8 * (m->n + (uint64_t)(int64_t)i->net) > m->stack_limit && i->net > 0          ? 18
           : op == 0x22 && m->n_calls == 1024                                               ? 18
           : op == 0x60 && i->left == 0                                                     ? 22
           : op == 0x63 && i->b > i->left                                                   ? 22
           : memory && (op >= 0x70 || !bcm_inside(m, i->a, op >= 0x60 ? i->b : i->width))   ? 19
           : i->jumps && !bcm_is_start(m, i->a)                                             ? 20
           : (i->binary && !bcm_binary(op, i->a, i->b, &i->v))                              ? 17
                                                                                            : -1;
}

/* Words, registers and memory. top: of the stack as it is behind the instruction; was: words before it. */
static inline void bcm_words_change(bcm *m, const bcm_insn *i, uint64_t *top, uint64_t was)
{
    uint8_t op = i->op;
    if (i->binary)
        *top = i->v;
    else if (op == 0x53)
        *top = i->a == 0;
    else if (op == 0x57)
        *top = ~i->a;
    else if (op >= 0x10 && op <= 0x19 && !(op & 1))
        *top = 0, memcpy(top, m->mem + i->a, i->width);
    else if (op >= 0x10 && op <= 0x19)
        memcpy(m->mem + i->a, &i->b, i->width);
    else if (op >= 0x30 && op <= 0x33)
        *top = i->imm;
    else if (op == 0x35)
        *top = m->s[was - 1 - i->imm];
    else if (op == 0x36)
        *top = m->s[was - 1 - i->imm], m->s[was - 1 - i->imm] = i->a;
    else if (op == 0x40)
        *top = m->r[i->imm];
    else if (op == 0x41)
        m->r[i->imm] = i->a;
}

static inline void bcm_streams_change(bcm *m, const bcm_insn *i, uint64_t *top)
{
    uint64_t word = i->left < 8 ? i->left : 8;
    if (i->op == 0x61)
        *top = i->left;
    else if (i->op == 0x60)
        *top = 0, memcpy(top, m->in + m->in_at, word), m->in_at += word;
    else if (i->op == 0x62)
        memcpy(m->out + m->n_out, &i->a, 8), m->n_out += 8;
    else if (i->op == 0x63 && i->b)
        memcpy(m->mem + i->a, m->in + m->in_at, i->b), m->in_at += i->b;
    else if (i->op == 0x64 && i->b)
        memcpy(m->out + m->n_out, m->mem + i->a, i->b), m->n_out += i->b;
}

static inline void bcm_control(bcm *m, const bcm_insn *i)
{
    uint64_t at = m->pc;
    m->pc = i->jumps ? i->a : i->next;
    if (i->op == 0x22)
        m->calls[m->n_calls++] = i->next;
    else if (i->op == 0x23 && m->n_calls)
        m->pc = m->calls[--m->n_calls];
    else if (i->op >= 0x23 && i->op <= 0x25)
        m->end = i->op == 0x24 ? 16 : 0, m->pc = at;
}

/* One instruction. Everything that can go wrong is looked at before anything changes. */
static inline void bcm_step(bcm *m)
{
    if (m->pc == m->len) {
        m->end = 0;
        return;
    }
    bcm_insn i = bcm_fetch(m);
    m->end = bcm_trap(m, &i);
    if (m->end >= 0)
        return;
    uint64_t was = m->n, none;
    m->gas += i.price;
    m->steps++;
    m->n += (uint64_t)(int64_t)i.net;
    uint64_t *top = m->n ? &m->s[m->n - 1] : &none;
    bcm_words_change(m, &i, top, was);
    bcm_streams_change(m, &i, top);
    bcm_control(m, &i);
    if (i.op < 0x10 || (i.op >= 0x50 && i.op < 0x60))
        m->zero = *top == 0, m->negative = *top >> 63;
}
