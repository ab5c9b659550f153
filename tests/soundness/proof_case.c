#include "tests/soundness/proof_case.h"

#include <stdlib.h>

#include "hash/sha256.h"
#include "ref/ref_verify.h"

enum { ZERO = 0, T0 = 5, A0 = 10, A1 = 11, A2 = 12, S0 = 8, S1 = 9, COUNT = 18, BASE = 19, ACC = 20, X = 21, Y = 22, R = 23 };

static const uint64_t edges[] = {0, 1, 2, UINT64_MAX, INT64_MIN, INT64_MAX, UINT64_C(1) << 31, INT32_MAX, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0x123456789abcdef1)};
#define N_EDGES (sizeof edges / sizeof *edges)

static void arithmetic(hb_rvasm *a)
{
    static const hb_op ops[] = {HB_OP_ADD, HB_OP_SUB, HB_OP_SLL, HB_OP_SLT, HB_OP_SLTU, HB_OP_XOR, HB_OP_SRL, HB_OP_SRA, HB_OP_OR, HB_OP_AND, HB_OP_ADDW, HB_OP_SUBW, HB_OP_SLLW,
                                HB_OP_SRLW, HB_OP_SRAW, HB_OP_MUL, HB_OP_MULH, HB_OP_MULHSU, HB_OP_MULHU, HB_OP_MULW, HB_OP_DIV, HB_OP_DIVU, HB_OP_REM, HB_OP_REMU, HB_OP_DIVW,
                                HB_OP_DIVUW, HB_OP_REMW, HB_OP_REMUW};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        hb_rvasm_op(a, ops[i], R, X, Y, 0);
        hb_rvasm_op(a, HB_OP_XOR, ACC, ACC, R, 0);
    }
    hb_rvasm_op(a, HB_OP_ADD, X, X, X, 0); /* all three the same register */
    hb_rvasm_op(a, HB_OP_DIVU, ZERO, X, Y, 0); /* a result that nobody sees */
    static const hb_op immediates[] = {HB_OP_ADDI, HB_OP_SLTI, HB_OP_SLTIU, HB_OP_XORI, HB_OP_ORI, HB_OP_ANDI, HB_OP_ADDIW};
    for (size_t i = 0; i < sizeof immediates / sizeof *immediates; i++)
        hb_rvasm_op(a, immediates[i], ACC, ACC, 0, i % 2 ? -2048 : 2047);
    static const hb_op shifts[] = {HB_OP_SLLI, HB_OP_SRLI, HB_OP_SRAI, HB_OP_SLLIW, HB_OP_SRLIW, HB_OP_SRAIW};
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        hb_rvasm_op(a, shifts[i], R, Y, 0, (int64_t)(i < 3 ? 33 : 31));
        hb_rvasm_op(a, HB_OP_ADD, ACC, ACC, R, 0);
    }
    hb_rvasm_op(a, HB_OP_LUI, R, 0, 0, 0x7f000);
    hb_rvasm_op(a, HB_OP_AUIPC, R, 0, 0, 0x1000);
    hb_rvasm_op(a, HB_OP_FENCE, 0, 0, 0, 0);
}

static void memory(hb_rvasm *a)
{
    static const hb_op stores[] = {HB_OP_SB, HB_OP_SH, HB_OP_SW, HB_OP_SD}, loads[] = {HB_OP_LB, HB_OP_LBU, HB_OP_LH, HB_OP_LHU, HB_OP_LW, HB_OP_LWU, HB_OP_LD};
    for (int offset = 0; offset < 8; offset++) {
        for (int i = 0; i < 4; i++)
            hb_rvasm_op(a, stores[i], 0, BASE, ACC, 16 + offset);
        for (int i = 0; i < 7; i++) {
            hb_rvasm_op(a, loads[i], R, BASE, 0, 16 + offset - 8 * (i % 2));
            hb_rvasm_op(a, HB_OP_ADD, ACC, ACC, R, 0);
        }
    }
}

static void branches(hb_rvasm *a)
{
    static const hb_op ops[] = {HB_OP_BEQ, HB_OP_BNE, HB_OP_BLT, HB_OP_BGE, HB_OP_BLTU, HB_OP_BGEU};
    for (size_t i = 0; i < 6; i++) {
        const uint32_t skip = hb_rvasm_label(a);
        hb_rvasm_branch(a, ops[i], X, Y, skip);
        hb_rvasm_op(a, HB_OP_ADDI, ACC, ACC, 0, 1);
        hb_rvasm_place(a, skip);
    }
}

static void commit_public(hb_rvasm *a, uint64_t text)
{
    uint8_t digest[32];
    hb_sha256_hash(digest, PROOF_CASE_PUBLIC, sizeof PROOF_CASE_PUBLIC - 1);
    hb_rvasm_li(a, A0, 13);
    hb_rvasm_li(a, A1, text);
    hb_rvasm_li(a, A2, sizeof PROOF_CASE_PUBLIC - 1);
    hb_rvasm_call(a, 0x02);
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(a, A0, i);
        hb_rvasm_li(a, A1, digest[4 * i] | (uint32_t)digest[4 * i + 1] << 8 | (uint32_t)digest[4 * i + 2] << 16 | (uint32_t)digest[4 * i + 3] << 24);
        hb_rvasm_call(a, 0x10);
    }
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(a, A0, i);
        hb_rvasm_li(a, A1, 0);
        hb_rvasm_call(a, 0x1a);
    }
}

void proof_case_commit_nothing(hb_rvasm *a)
{
    uint8_t digest[32];
    hb_sha256_hash(digest, NULL, 0);
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(a, A0, i);
        hb_rvasm_li(a, A1, digest[4 * i] | (uint32_t)digest[4 * i + 1] << 8 | (uint32_t)digest[4 * i + 2] << 16 | (uint32_t)digest[4 * i + 3] << 24);
        hb_rvasm_call(a, 0x10);
    }
}

static void input(hb_rvasm *a)
{
    hb_rvasm_call(a, 0xf0); /* t0 := length of the next chunk */
    hb_rvasm_op(a, HB_OP_ADDI, A1, T0, 0, 0);
    hb_rvasm_li(a, A0, HB_RV_INPUT_LO);
    hb_rvasm_op(a, HB_OP_ADDI, S0, A0, 0, 0);
    hb_rvasm_call(a, 0xf1);
    hb_rvasm_op(a, HB_OP_LD, R, S0, 0, 0);
    hb_rvasm_op(a, HB_OP_XOR, ACC, ACC, R, 0);
}

void proof_case_emit(hb_rvasm *a, unsigned rounds, unsigned code)
{
    const uint64_t table = hb_rvasm_bytes(a, edges, sizeof edges);
    const uint64_t text = hb_rvasm_bytes(a, PROOF_CASE_PUBLIC, sizeof PROOF_CASE_PUBLIC);
    hb_rvasm_bytes(a, "\0\0\0\0\0\0\0", (8 - a->data.len % 8) % 8);
    const uint64_t area = hb_rvasm_bytes(a, "\x01\x82\x03\x84\xff\xfe\x7f\x80", 8);
    a->bss = 256;
    hb_rvasm_li(a, COUNT, rounds);
    hb_rvasm_li(a, BASE, area);
    input(a);
    const uint32_t outer = hb_rvasm_label(a), function = hb_rvasm_label(a), over = hb_rvasm_label(a);
    hb_rvasm_jal(a, 0, over);
    hb_rvasm_place(a, function);
    arithmetic(a);
    branches(a);
    hb_rvasm_op(a, HB_OP_JALR, 0, 1, 0, 0);
    hb_rvasm_place(a, over);
    hb_rvasm_li(a, S1, table);
    hb_rvasm_place(a, outer);
    for (size_t i = 0; i < N_EDGES; i++) {
        hb_rvasm_op(a, HB_OP_LD, X, S1, 0, (int64_t)(8 * i));
        hb_rvasm_op(a, HB_OP_LD, Y, S1, 0, (int64_t)(8 * ((i * 5 + 3) % N_EDGES)));
        hb_rvasm_jal(a, 1, function);
    }
    memory(a);
    hb_rvasm_op(a, HB_OP_ADDI, COUNT, COUNT, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, COUNT, ZERO, outer);
    commit_public(a, text);
    hb_rvasm_halt(a, code);
}

void proof_case_emit_chain(hb_rvasm *a, unsigned rounds, unsigned code)
{
    const uint64_t text = hb_rvasm_bytes(a, PROOF_CASE_PUBLIC, sizeof PROOF_CASE_PUBLIC);
    hb_rvasm_bytes(a, "\0\0\0\0\0\0\0", (8 - a->data.len % 8) % 8);
    const uint64_t area = hb_rvasm_bytes(a, "\x01\x82\x03\x84\xff\xfe\x7f\x80", 8);
    hb_rvasm_li(a, COUNT, rounds);
    hb_rvasm_li(a, BASE, area);
    input(a);
    const uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_LD, R, BASE, 0, 0);
    hb_rvasm_op(a, HB_OP_ADD, ACC, ACC, ACC, 0);
    hb_rvasm_op(a, HB_OP_ADD, R, R, ACC, 0);
    hb_rvasm_op(a, HB_OP_XORI, R, R, 0, 0x155);
    hb_rvasm_op(a, HB_OP_SD, 0, BASE, R, 0);
    hb_rvasm_op(a, HB_OP_ADDI, COUNT, COUNT, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, COUNT, ZERO, loop);
    commit_public(a, text);
    hb_rvasm_halt(a, code);
}

void proof_case_start(proof_case *c, hb_rvasm *a)
{
    static const uint8_t chunk[] = "secret!";
    const hb_rv_span inputs[1] = {{chunk, sizeof chunk}};
    const hb_rv_exec_options options = {.record = true, .inputs = inputs, .n_inputs = 1};
    hb_error err = {0};
    memset(c, 0, sizeof *c);
    c->pool = hb_pool_create(2);
    c->scratch = malloc(HB_VERIFY_SCRATCH_BYTES);
    assert_int_equal(hb_rvasm_build(a, &c->program, &err), HB_OK);
    assert_int_equal(hb_rvasm_elf(a, &c->elf, &err), HB_OK);
    hb_rvasm_free(a);
    free(a);
    if (hb_rv_exec(&c->program, &options, &c->run, &err) != HB_OK || hb_machine_key_init(&c->key, &c->program, c->pool, &err) != HB_OK)
        fail_msg("%s", err.message);
}

static void make(proof_case *c, unsigned rounds, unsigned code, unsigned pad, hb_route_policy routes)
{
    hb_error err = {0};
    hb_rvasm *a = calloc(1, sizeof *a);
    for (unsigned i = 0; i < pad; i++)
        hb_rvasm_op(a, HB_OP_ADDI, ZERO, ZERO, 0, 0);
    proof_case_emit(a, rounds, code);
    proof_case_start(c, a);
    c->key.routes = routes;
    const hb_rv_report *report = hb_rv_run_report(c->run);
    assert_int_equal(report->exit_code, code);
    if (hb_machine_prove(&c->key, hb_rv_run_record(c->run), report->public_values.data, report->public_values.len, c->pool, NULL, &c->proof, NULL, &err) != HB_OK)
        fail_msg("%s", err.message);
    if (!proof_case_accepts(c, c->proof.data, c->proof.len, code, &err))
        fail_msg("the honest proof is rejected: %s", err.message);
}

void proof_case_make(proof_case *c, unsigned rounds, unsigned code)
{
    make(c, rounds, code, 0, HB_ROUTE_CHEAPEST);
}

void proof_case_make_padded(proof_case *c, unsigned rounds, unsigned code, unsigned pad)
{
    make(c, rounds, code, pad, HB_ROUTE_CHEAPEST);
}

void proof_case_make_everywhere(proof_case *c, unsigned rounds, unsigned code)
{
    make(c, rounds, code, 0, HB_ROUTE_TURNS);
}

void proof_case_free(proof_case *c)
{
    hb_rv_run_free(c->run);
    hb_machine_key_free(&c->key);
    hb_rv_program_free(&c->program);
    hb_buf_free(&c->proof);
    hb_buf_free(&c->elf);
    hb_pool_destroy(c->pool);
    free(c->scratch);
}

bool proof_case_accepts_fast(proof_case *c, const uint8_t *proof, size_t bytes, uint32_t exit_code, hb_error *reason)
{
    return proof_case_accepts_under(c, c->key.vkey, proof, bytes, exit_code, reason);
}

bool proof_case_accepts_under(proof_case *c, const uint8_t vkey[32], const uint8_t *proof, size_t bytes, uint32_t exit_code, hb_error *reason)
{
    static hb_proof_view view;
    hb_verify_request request = {.exit_code = exit_code};
    memcpy(request.vkey, vkey, 32);
    hb_error err = {0};
    const hb_status st = hb_machine_verify(&c->key.airs, proof, bytes, &request, hb_scratch_of(c->scratch, HB_VERIFY_SCRATCH_BYTES), &view, &err);
    assert_true(st == HB_OK || (st == HB_REJECTED && err.reason != HB_R_NONE));
    if (reason)
        *reason = err;
    return st == HB_OK;
}

static const ref_machine *reference(const proof_case *c)
{
    static ref_machine m;
    m.n_chips = HB_CHIP_COUNT;
    m.params_text = hb_params_text();
    memcpy(m.digest, c->key.airs.digest, 32);
    for (uint32_t i = 0; i < HB_CHIP_COUNT; i++) {
        const hb_chip *chip = hb_chips[i];
        m.chips[i] = (ref_chip){.name = chip->name, .air = &c->key.airs.air[i], .fixed_rows = chip->height_rule == HB_HEIGHT_CONSTANT ? chip->fixed_rows : 0,
                                .max_log2 = chip->max_height_log2, .ts_inc = chip->ts_inc};
    }
    return &m;
}

bool proof_case_accepts(proof_case *c, const uint8_t *proof, size_t bytes, uint32_t exit_code, hb_error *reason)
{
    const bool yes = proof_case_accepts_fast(c, proof, bytes, exit_code, reason);
    const char *why = ref_verify(reference(c), proof, bytes, c->key.vkey, exit_code);
    if (yes != (why == NULL))
        fail_msg("the verifiers disagree: src says %s, ref says %s", yes ? "yes" : reason ? reason->message : "no", why ? why : "yes");
    return yes;
}
