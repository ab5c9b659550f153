/* A tiny model of bytecode for tests, written from the definition and sharing nothing with the interpreter: no table, no decoding ahead, one function. */
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

/* One instruction. Everything that can go wrong is looked at before anything changes. */
static inline void bcm_step(bcm *m)
{
    if (m->pc == m->len) {
        m->end = 0;
        return;
    }
    uint8_t op = m->code[m->pc], width = (uint8_t)(1 << (((op & 15) >> 1) + 3) % 4);
    uint64_t next = m->pc + bcm_size(op), price = bcm_price(op), need, imm = 0, v = 0, left = m->in_len - m->in_at;
    int net;
    for (uint64_t k = next; --k > m->pc;)
        imm = imm << 8 | m->code[k];
    bcm_words(op, (uint8_t)imm, &need, &net);
    uint64_t a = m->n > 0 ? m->s[m->n - 1] : 0, b = m->n > 1 ? m->s[m->n - 2] : 0;
    if ((op == 0x63 || op == 0x64) && m->n > 1)
        price += b / 8 + (b % 8 ? 1 : 0);
    bool is_jump = op == 0x20 || op == 0x22 || (op == 0x21 && b != 0), flags = op < 0x10 || (op >= 0x50 && op < 0x60);
    bool memory = (op >= 0x10 && op <= 0x19) || op == 0x70 || op == 0x71 || ((op == 0x63 || op == 0x64) && b != 0);
    m->end = price > m->gas_limit - m->gas                                           ? 21
             : m->n < need                                                           ? 18
             : 8 * (m->n + (uint64_t)(int64_t)net) > m->stack_limit && net > 0       ? 18
             : op == 0x22 && m->n_calls == 1024                                      ? 18
             : op == 0x60 && left == 0                                               ? 22
             : op == 0x63 && b > left                                                ? 22
             : memory && (op >= 0x70 || !bcm_inside(m, a, op >= 0x60 ? b : width))   ? 19
             : is_jump && !bcm_is_start(m, a)                                        ? 20
             : (need == 2 && net == -1 && !bcm_binary(op, a, b, &v))                 ? 17
                                                                                     : -1;
    if (m->end >= 0)
        return;
    m->gas += price;
    m->steps++;
    m->pc = is_jump ? a : next;
    uint64_t was = m->n;
    m->n += (uint64_t)(int64_t)net;
    uint64_t *top = m->n ? &m->s[m->n - 1] : &v;
    if (need == 2 && net == -1)
        *top = v;
    else if (op == 0x53)
        *top = a == 0;
    else if (op == 0x57)
        *top = ~a;
    else if (op >= 0x10 && op <= 0x19 && !(op & 1))
        *top = 0, memcpy(top, m->mem + a, width);
    else if (op >= 0x10 && op <= 0x19)
        memcpy(m->mem + a, &b, width);
    else if (op >= 0x30 && op <= 0x33)
        *top = imm;
    else if (op == 0x35)
        *top = m->s[was - 1 - imm];
    else if (op == 0x36)
        *top = m->s[was - 1 - imm], m->s[was - 1 - imm] = a;
    else if (op == 0x40)
        *top = m->r[imm];
    else if (op == 0x41)
        m->r[imm] = a;
    else if (op == 0x61)
        *top = left;
    else if (op == 0x60)
        *top = 0, memcpy(top, m->in + m->in_at, left < 8 ? left : 8), m->in_at += left < 8 ? left : 8;
    else if (op == 0x62)
        memcpy(m->out + m->n_out, &a, 8), m->n_out += 8;
    else if (op == 0x63 && b)
        memcpy(m->mem + a, m->in + m->in_at, b), m->in_at += b;
    else if (op == 0x64 && b)
        memcpy(m->out + m->n_out, m->mem + a, b), m->n_out += b;
    else if (op == 0x22)
        m->calls[m->n_calls++] = next;
    else if (op == 0x23 && m->n_calls)
        m->pc = m->calls[--m->n_calls];
    else if (op == 0x23 || op == 0x25)
        m->end = 0;
    else if (op == 0x24)
        m->end = 16;
    if (m->end >= 0)
        m->pc = next - bcm_size(op);
    if (flags)
        m->zero = *top == 0, m->negative = *top >> 63;
}
