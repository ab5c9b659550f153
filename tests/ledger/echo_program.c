#include "tests/ledger/echo_program.h"

#include <stdlib.h>

#include "hash/sha256.h"
#include "rv/rvasm.h"

enum { ZERO = 0, T0 = 5, S0 = 8, S1 = 9, A0 = 10, A1 = 11, A2 = 12 };
enum { CALL_HALT = 0x00, CALL_WRITE = 0x02, CALL_COMMIT = 0x10, CALL_DEFERRED = 0x1a, CALL_HINT_LEN = 0xf0, CALL_HINT_READ = 0xf1, FD_PUBLIC = 13 };

static void emit(hb_rvasm *a, unsigned pad)
{
    for (unsigned i = 0; i < pad; i++)
        hb_rvasm_op(a, HB_OP_ADDI, ZERO, ZERO, 0, 0);
    hb_rvasm_call(a, CALL_HINT_LEN);
    hb_rvasm_op(a, HB_OP_ADDI, S1, T0, 0, 0);
    hb_rvasm_li(a, S0, HB_RV_INPUT_LO);
    hb_rvasm_op(a, HB_OP_ADDI, A0, S0, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, A1, S1, 0, 0);
    hb_rvasm_call(a, CALL_HINT_READ);
    hb_rvasm_li(a, A0, FD_PUBLIC);
    hb_rvasm_op(a, HB_OP_ADDI, A1, S0, 0, 40);
    hb_rvasm_op(a, HB_OP_ADDI, A2, S1, 0, -40);
    hb_rvasm_call(a, CALL_WRITE);
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(a, A0, i);
        hb_rvasm_op(a, HB_OP_LWU, A1, S0, 0, 4 * i);
        hb_rvasm_call(a, CALL_COMMIT);
        hb_rvasm_li(a, A0, i);
        hb_rvasm_li(a, A1, 0);
        hb_rvasm_call(a, CALL_DEFERRED);
    }
    hb_rvasm_op(a, HB_OP_LD, A0, S0, 0, 32);
    hb_rvasm_call(a, CALL_HALT);
}

void echo_program_make(echo_program *p, unsigned pad)
{
    hb_error err = {0};
    hb_rvasm *a = calloc(1, sizeof *a);
    assert_non_null(a);
    emit(a, pad);
    memset(p, 0, sizeof *p);
    if (hb_rvasm_build(a, &p->program, &err) != HB_OK || hb_machine_key_init(&p->key, &p->program, NULL, &err) != HB_OK)
        fail_msg("%s", err.message);
    hb_rvasm_free(a);
    free(a);
}

void echo_program_free(echo_program *p)
{
    hb_machine_key_free(&p->key);
    hb_rv_program_free(&p->program);
}

void echo_program_prove(const echo_program *p, const void *public_values, size_t n, unsigned exit_code, hb_buf *proof)
{
    hb_error err = {0};
    hb_buf chunk = {0};
    uint8_t digest[32];
    hb_rv_run *run = NULL;
    hb_sha256_hash(digest, public_values, n);
    assert_int_equal(hb_buf_append(&chunk, digest, 32), HB_OK);
    assert_int_equal(hb_buf_append_u64(&chunk, exit_code), HB_OK);
    assert_int_equal(hb_buf_append(&chunk, public_values, n), HB_OK);
    const hb_rv_span input = {chunk.data, chunk.len};
    const hb_rv_exec_options options = {.record = true, .inputs = &input, .n_inputs = 1};
    if (hb_rv_exec(&p->program, &options, &run, &err) != HB_OK ||
        hb_machine_prove(&p->key, hb_rv_run_record(run), public_values, n, NULL, NULL, proof, NULL, &err) != HB_OK)
        fail_msg("%s", err.message);
    hb_rv_run_free(run);
    hb_buf_free(&chunk);
}
