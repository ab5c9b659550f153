/* Bytes as a valid program: the translated image does what the interpreter does.
 *
 *   0      limits: stack (low half), memory (high half), from tables below
 *   1, 2   gas limit, little-endian
 *   3      bytes of input, which follow
 *          instructions: a byte that chooses one, and the bytes of its immediate; of a PUSH in front of a jump they choose an instruction as target */
#include "base/check.h"
#include "bytecode/bcode_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_INSNS = 2048 };

typedef struct draft {
    uint8_t op;
    uint64_t imm;
} draft;

static uint8_t next(hb_reader *r)
{
    uint8_t b = 0;
    return hb_read_u8(r, &b) ? b : 0;
}

static uint8_t choose(uint8_t byte)
{
    static uint8_t ops[256];
    static unsigned n;
    for (unsigned op = 0; !ops[0] && op < 256; op++)
        if (hb_bytecode_rows[op].name)
            ops[n++] = (uint8_t)op;
    return ops[byte % n];
}

static uint32_t read_drafts(hb_reader *r, draft *out)
{
    uint32_t n = 0;
    while (hb_reader_left(r) && n < MAX_INSNS) {
        draft d = {.op = choose(next(r))};
        for (unsigned k = 0; k < hb_bytecode_rows[d.op].imm_bytes; k++)
            d.imm |= (uint64_t)next(r) << 8 * k;
        if (d.op == HB_BC_GET || d.op == HB_BC_SET)
            d.imm %= HB_BYTECODE_REGISTERS;
        if (d.op == HB_BC_SWAP && !d.imm)
            d.imm = 1;
        out[n++] = d;
    }
    return n;
}

/* Pushes in front of jumps become PUSH4 of the offset of an instruction. */
static size_t lay_out(draft *d, uint32_t n, uint8_t *code)
{
    static uint32_t at[MAX_INSNS];
    uint32_t end = 0;
    for (uint32_t k = 0; k < n; k++) {
        bool target = k + 1 < n && hb_bytecode_is_push(d[k].op) && hb_bytecode_takes_target(d[k + 1].op);
        if (target)
            d[k].op = HB_BC_PUSH4;
        at[k] = end;
        end += 1u + hb_bytecode_rows[d[k].op].imm_bytes;
    }
    for (uint32_t k = 0; k < n; k++) {
        bool target = k + 1 < n && hb_bytecode_is_push(d[k].op) && hb_bytecode_takes_target(d[k + 1].op);
        uint8_t bytes[9] = {d[k].op};
        hb_store_le64(bytes + 1, target ? at[d[k].imm % n] : d[k].imm);
        memcpy(code + at[k], bytes, 1u + hb_bytecode_rows[d[k].op].imm_bytes);
    }
    return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t stacks[16] = {0, 8, 16, 24, 32, 40, 48, 64, 80, 128, 256, 800, 1024, 4096, 65536, 65536}, memories[8] = {0, 1, 7, 8, 9, 64, 4096, 70000};
    static draft drafts[MAX_INSNS];
    static uint8_t code[9 * MAX_INSNS];
    hb_reader r = hb_reader_of(data, size);
    uint8_t limit = next(&r);
    hb_bytecode_limits limits = {.stack = stacks[limit & 15], .memory = memories[limit >> 4 & 7]};
    limits.gas = next(&r);
    limits.gas |= (uint64_t)next(&r) << 8;
    size_t n_input = next(&r);
    const uint8_t *input = r.p;
    if (n_input > hb_reader_left(&r))
        n_input = hb_reader_left(&r);
    r.p += n_input;
    uint32_t n = read_drafts(&r, drafts);
    if (!n)
        return 0;
    hb_bytecode_program p;
    bcx_result result;
    HB_ASSERT(hb_bytecode_program_make(&p, code, lay_out(drafts, n, code), &limits, NULL) == HB_OK);
    /* Two chunks, of which the first need not fill whole words. */
    const hb_rv_span spans[2] = {{input, n_input / 3}, {input + n_input / 3, n_input - n_input / 3}}, whole = {input, n_input};
    bcx_compare(&p, spans, 2, whole, 70000, &result);
    if (result.difference[0])
        fprintf(stderr, "%s\n", result.difference);
    HB_ASSERT(!result.difference[0]);
    hb_bytecode_program_free(&p);
    return 0;
}
