#include "tests/soundness/forgery.h"

#include <stdlib.h>

#include "air/checker.h"

static void put_tokens(const hb_statement *st, hb_bus_token tokens[4])
{
    tokens[0] = (hb_bus_token){HB_AIR_PRODUCE, HB_BUS_STATE, {st->pc_in, 4}};
    tokens[1] = (hb_bus_token){HB_AIR_CONSUME, HB_BUS_STATE, {st->pc_out, st->ts_end}};
    tokens[2] = (hb_bus_token){HB_AIR_PRODUCE, HB_BUS_CHAIN, {0, 0, HB_F_P - 1}};
    tokens[3] = (hb_bus_token){HB_AIR_CONSUME, HB_BUS_CHAIN, {st->heights[HB_CHIP_INITFIN], st->chain_hi, st->chain_lo}};
}

static void print_finding(void *ctx, const hb_air_finding *finding)
{
    (void)ctx;
    print_message("    %s\n", finding->text);
}

size_t forgery_findings(const hb_machine_proof *p)
{
    hb_bus_token tokens[4];
    size_t findings = 0;
    hb_error err = {0};
    put_tokens(&p->statement, tokens);
    const hb_air_checker checker = {.tables = p->tables, .n_tables = p->layout->n_tables, .publics = p->layout->publics, .tokens = tokens, .n_tokens = 4, .max_reports = 2,
                                    .report = getenv("HB_VERBOSE") ? print_finding : NULL};
    assert_int_equal(hb_air_check_trace(&checker, &findings, &err), HB_OK);
    return findings;
}

forgery_end forge(proof_case *c, const forgery *f, hb_error *why, size_t *findings)
{
    hb_machine_proof p;
    hb_error err = {0};
    hb_buf file = {0};
    forgery_end end = FORGERY_NOT_PROVABLE;
    hb_status st = hb_machine_proof_init(&p, &c->key, f->record, c->pool, NULL, &err);
    if (st == HB_OK && f->edit && !f->edit_after_counting)
        f->edit(f->ctx, &p);
    if (st == HB_OK)
        st = hb_machine_proof_count(&p, &err);
    if (st == HB_OK && f->edit && f->edit_after_counting)
        f->edit(f->ctx, &p);
    if (st == HB_OK && findings)
        *findings = forgery_findings(&p);
    if (st == HB_OK)
        st = hb_machine_proof_finish(&p, f->public_bytes, f->n_public_bytes, &file, &err);
    if (st == HB_OK)
        end = proof_case_accepts_fast(c, file.data, file.len, p.statement.exit_code, why) ? FORGERY_ACCEPTED : FORGERY_REJECTED;
    hb_machine_proof_free(&p);
    hb_buf_free(&file);
    return end;
}
