#include "tests/bytecode/bytecode_case.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "bytecode/bcode_asm.h"
#include "bytecode/bcode_run.h"
#include "bytecode/bcode_translate.h"
#include "machine/machine_verify.h"
#include "ref/ref_verify.h"
#include "rv/interp.h"

void bytecode_case_make(bytecode_case *c, const char *text)
{
    hb_buf code = {0};
    hb_bytecode_limits limits;
    hb_error err = {.message = ""};
    memset(c, 0, sizeof *c);
    c->pool = hb_pool_create(2);
    c->scratch = malloc(HB_VERIFY_SCRATCH_BYTES);
    assert_non_null(c->scratch);
    if (hb_bytecode_assemble(&code, &limits, text, strlen(text), &err) != HB_OK || hb_bytecode_program_make(&c->code, code.data, code.len, &limits, &err) != HB_OK ||
        hb_bytecode_translate_load(&c->image, &c->code, &err) != HB_OK || hb_machine_key_init(&c->key, &c->image, c->pool, &err) != HB_OK)
        fail_msg("%s", err.message);
    hb_buf_free(&code);
}

void bytecode_case_free(bytecode_case *c)
{
    hb_machine_key_free(&c->key);
    hb_rv_program_free(&c->image);
    hb_bytecode_program_free(&c->code);
    hb_pool_destroy(c->pool);
    free(c->scratch);
}

static const ref_machine *reference(const bytecode_case *c)
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

/* Both verifiers, which must agree. view: of the public values. */
static bool accepts(const bytecode_case *c, const hb_buf *proof, uint32_t exit_code, hb_proof_view *view, hb_error *err)
{
    hb_verify_request request = {.exit_code = exit_code};
    memcpy(request.vkey, c->key.vkey, 32);
    bool yes = hb_machine_verify(&c->key.airs, proof->data, proof->len, &request, hb_scratch_of(c->scratch, HB_VERIFY_SCRATCH_BYTES), view, err) == HB_OK;
    const char *why = ref_verify(reference(c), proof->data, proof->len, c->key.vkey, exit_code);
    if (yes != (why == NULL))
        fail_msg("the verifiers disagree: src says %s, ref says %s", yes ? "yes" : err->message, why ? why : "yes");
    return yes;
}

static hb_rv_run *prove(const bytecode_case *c, hb_rv_span input, hb_buf *proof)
{
    const hb_rv_exec_options options = {.record = true, .inputs = &input, .n_inputs = input.len ? 1 : 0};
    hb_rv_run *run = NULL;
    hb_error err = {.message = ""};
    if (hb_rv_exec(&c->image, &options, &run, &err) != HB_OK)
        fail_msg("%s", err.message);
    const hb_rv_report *r = hb_rv_run_report(run);
    if (hb_machine_prove(&c->key, hb_rv_run_record(run), r->public_values.data, r->public_values.len, c->pool, NULL, proof, NULL, &err) != HB_OK)
        fail_msg("%s", err.message);
    return run;
}

hb_bytecode_end bytecode_case_prove(bytecode_case *c, const void *input, size_t len, uint64_t *gas)
{
    static hb_proof_view view;
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    hb_buf proof = {0};
    hb_error err = {.message = ""};
    assert_int_equal(hb_bytecode_machine_create(&m, &c->code, input, len, 0, &err), HB_OK);
    assert_int_equal(hb_bytecode_machine_run(m, UINT64_MAX, &err), HB_OK);
    hb_bytecode_machine_view(m, &v);
    hb_rv_run *run = prove(c, (hb_rv_span){input, len}, &proof);
    for (unsigned end = HB_BC_END_SUCCESS; end < HB_BC_END_COUNT; end++)
        assert_int_equal(accepts(c, &proof, hb_bytecode_end_code((hb_bytecode_end)end), &view, &err), end == v.end);
    assert_true(accepts(c, &proof, hb_bytecode_end_code(v.end), &view, &err));
    assert_int_equal(view.statement.exit_code, hb_bytecode_end_code(v.end));
    assert_int_equal(view.n_public_bytes, v.output_len + 8);
    if (v.output_len)
        assert_memory_equal(view.public_bytes, v.output, v.output_len);
    *gas = hb_load_le64(view.public_bytes + v.output_len);
    assert_int_equal(*gas, v.gas);
    hb_bytecode_end end = v.end;
    hb_rv_run_free(run);
    hb_buf_free(&proof);
    hb_bytecode_machine_free(m);
    return end;
}
