/* One body an instruction. `a` is the top word, `b` the one below it. */
#include <string.h>

#include "base/bytes.h"
#include "bytecode/bcode_machine.h"

typedef hb_bytecode_at place;
typedef hb_bytecode_machine machine;

static inline place end_with(machine *m, place p, hb_bytecode_end end)
{
    m->end = end;
    return (place){NULL, p.sp};
}

static inline place host_failed(machine *m, place p, hb_status st)
{
    m->failed = st;
    return (place){NULL, p.sp};
}

static inline place go_on(place p, ptrdiff_t words)
{
    return (place){p.ip + 1, p.sp + words};
}

/* Two words become one. */
static inline place binary(place p, uint64_t v)
{
    p.sp[-2] = v;
    return go_on(p, -1);
}

static inline place binary_flags(machine *m, place p, uint64_t v)
{
    m->result = v;
    return binary(p, v);
}

static inline place unary(place p, uint64_t v)
{
    p.sp[-1] = v;
    return go_on(p, 0);
}

static inline place unary_flags(machine *m, place p, uint64_t v)
{
    m->result = v;
    return unary(p, v);
}

static inline place push(place p, uint64_t v)
{
    p.sp[0] = v;
    return go_on(p, 1);
}

#define OP(NAME) static place op_##NAME(place p, machine *m)
#define A (p.sp[-1])
#define B (p.sp[-2])
#define PLAIN(NAME, expression)                                                                                        \
    OP(NAME)                                                                                                           \
    {                                                                                                                  \
        return binary_flags(m, p, expression);                                                                         \
    }
#define CHECKED(NAME, builtin)                                                                                         \
    OP(NAME)                                                                                                           \
    {                                                                                                                  \
        uint64_t v;                                                                                                    \
        if (builtin(A, B, &v))                                                                                         \
            return end_with(m, p, HB_BC_END_ARITHMETIC);                                                               \
        return binary_flags(m, p, v);                                                                                  \
    }

CHECKED(ADD, __builtin_add_overflow)
CHECKED(SUB, __builtin_sub_overflow)
CHECKED(MUL, __builtin_mul_overflow)
PLAIN(WADD, A + B)
PLAIN(WSUB, A - B)
PLAIN(WMUL, A *B)
PLAIN(LT, A < B)
PLAIN(GT, A > B)
PLAIN(EQ, A == B)
PLAIN(AND, A &B)
PLAIN(OR, A | B)
PLAIN(XOR, A ^ B)
PLAIN(SHL, B < 64 ? A << (B & 63) : 0)
PLAIN(SHR, B < 64 ? A >> (B & 63) : 0)

OP(DIV)
{
    return B ? binary_flags(m, p, A / B) : end_with(m, p, HB_BC_END_ARITHMETIC);
}

OP(MOD)
{
    return B ? binary_flags(m, p, A % B) : end_with(m, p, HB_BC_END_ARITHMETIC);
}

/* Square and multiply. A square that overflowed matters only if a further factor needs it: it is at least 2^64 then, and so is the result. */
OP(POW)
{
    uint64_t result = 1, square = A, exponent = B;
    for (bool too_big = false;; too_big |= __builtin_mul_overflow(square, square, &square)) {
        if (exponent & 1 && (too_big || __builtin_mul_overflow(result, square, &result)))
            return end_with(m, p, HB_BC_END_ARITHMETIC);
        exponent >>= 1;
        if (!exponent)
            return binary_flags(m, p, result);
    }
}

OP(ISZERO)
{
    return unary_flags(m, p, A == 0);
}

OP(NOT)
{
    return unary_flags(m, p, ~A);
}

static inline bool inside(const machine *m, uint64_t address, uint64_t len)
{
    return len <= m->memory_bytes && address <= m->memory_bytes - len;
}

static inline place load(place p, machine *m, unsigned bytes)
{
    if (!inside(m, A, bytes))
        return end_with(m, p, HB_BC_END_MEMORY);
    const uint8_t *from = m->memory + A;
    switch (bytes) {
    case 1: return unary(p, *from);
    case 2: return unary(p, hb_load_le16(from));
    case 4: return unary(p, hb_load_le32(from));
    default: return unary(p, hb_load_le64(from));
    }
}

static inline place store(place p, machine *m, unsigned bytes)
{
    if (!inside(m, A, bytes))
        return end_with(m, p, HB_BC_END_MEMORY);
    uint8_t *to = m->memory + A;
    switch (bytes) {
    case 1: *to = (uint8_t)B; break;
    case 2: hb_store_le16(to, (uint16_t)B); break;
    case 4: hb_store_le32(to, (uint32_t)B); break;
    default: hb_store_le64(to, B);
    }
    return go_on(p, -2);
}

#define MEMORY(LOAD, STORE, bytes)                                                                                     \
    OP(LOAD)                                                                                                           \
    {                                                                                                                  \
        return load(p, m, bytes);                                                                                      \
    }                                                                                                                  \
    OP(STORE)                                                                                                          \
    {                                                                                                                  \
        return store(p, m, bytes);                                                                                     \
    }

MEMORY(LOAD8, STORE8, 1)
MEMORY(LOAD16, STORE16, 2)
MEMORY(LOAD32, STORE32, 4)
MEMORY(LOAD64, STORE64, 8)
#define op_LOAD op_LOAD64
#define op_STORE op_STORE64

static inline bool is_start(const machine *m, uint64_t target)
{
    return target < m->code_len && m->starts[target] != HB_BC_NO_INSN;
}

OP(JUMP)
{
    if (!is_start(m, A))
        return end_with(m, p, HB_BC_END_JUMP);
    return (place){m->cells + m->starts[A], p.sp - 1};
}

OP(JUMPI)
{
    if (!B)
        return go_on(p, -2);
    if (!is_start(m, A))
        return end_with(m, p, HB_BC_END_JUMP);
    return (place){m->cells + m->starts[A], p.sp - 2};
}

OP(CALL)
{
    if (m->call_depth == HB_BYTECODE_MAX_CALLS)
        return end_with(m, p, HB_BC_END_STACK);
    if (!is_start(m, A))
        return end_with(m, p, HB_BC_END_JUMP);
    m->calls[m->call_depth++] = p.ip[1].at;
    return (place){m->cells + m->starts[A], p.sp - 1};
}

OP(RETURN)
{
    if (!m->call_depth)
        return end_with(m, p, HB_BC_END_SUCCESS);
    uint32_t to = m->calls[--m->call_depth];
    return (place){m->cells + (to < m->code_len ? m->starts[to] : m->n_insns), p.sp};
}

OP(REVERT)
{
    return end_with(m, p, HB_BC_END_REVERTED);
}

OP(STOP)
{
    return end_with(m, p, HB_BC_END_SUCCESS);
}

hb_bytecode_at hb_bytecode_run_off(hb_bytecode_at p, hb_bytecode_machine *m)
{
    return end_with(m, p, HB_BC_END_SUCCESS);
}

OP(PUSH8)
{
    (void)m;
    return push(p, p.ip->imm);
}
#define op_PUSH1 op_PUSH8
#define op_PUSH2 op_PUSH8
#define op_PUSH4 op_PUSH8

OP(POP)
{
    (void)m;
    return go_on(p, -1);
}

OP(DUP)
{
    (void)m;
    return push(p, p.sp[-1 - (ptrdiff_t)p.ip->imm]);
}

OP(SWAP)
{
    (void)m;
    uint64_t *other = &p.sp[-1 - (ptrdiff_t)p.ip->imm], v = *other;
    *other = A;
    return unary(p, v);
}

OP(GET)
{
    return push(p, m->registers[p.ip->imm]);
}

OP(SET)
{
    m->registers[p.ip->imm] = A;
    return go_on(p, -1);
}

static inline uint64_t input_left(const machine *m)
{
    return (uint64_t)(m->input_end - m->input);
}

OP(INPUT)
{
    uint64_t left = input_left(m), take = left < 8 ? left : 8;
    uint8_t word[8] = {0};
    if (!left)
        return end_with(m, p, HB_BC_END_INPUT);
    memcpy(word, m->input, take);
    m->input += take;
    return push(p, hb_load_le64(word));
}

OP(INPUTLEN)
{
    return push(p, input_left(m));
}

/* Appends to the output; false: the run stands still. */
static bool put(machine *m, const uint8_t *bytes, uint64_t n, hb_status *st)
{
    *st = n > m->output_limit - m->output.len ? HB_LIMIT : hb_buf_append(&m->output, bytes, n);
    return *st == HB_OK;
}

OP(OUTPUT)
{
    uint8_t word[8];
    hb_status st;
    hb_store_le64(word, A);
    return put(m, word, 8, &st) ? go_on(p, -1) : host_failed(m, p, st);
}

OP(READ)
{
    if (B > input_left(m))
        return end_with(m, p, HB_BC_END_INPUT);
    if (B && !inside(m, A, B))
        return end_with(m, p, HB_BC_END_MEMORY);
    if (B) {
        memcpy(m->memory + A, m->input, B);
        m->input += B;
    }
    return go_on(p, -2);
}

OP(WRITE)
{
    hb_status st;
    if (!B)
        return go_on(p, -2);
    if (!inside(m, A, B))
        return end_with(m, p, HB_BC_END_MEMORY);
    return put(m, m->memory + A, B, &st) ? go_on(p, -2) : host_failed(m, p, st);
}

/* There is no ledger here. */
OP(SLOAD)
{
    return end_with(m, p, HB_BC_END_MEMORY);
}
#define op_SSTORE op_SLOAD

#define HANDLER(NAME, code, ...) [code] = op_##NAME,
const hb_bytecode_handler hb_bytecode_handlers[256] = {HB_BYTECODE_TABLE(HANDLER)};
