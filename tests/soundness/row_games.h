/* Games with whole rows and tables: what a cheating prover does with more than one cell at a time. */
#pragma once
#include "tests/soundness/forgery.h"

#include "base/reject.h"
#include "chips/columns.h"

typedef struct game {
    proof_case *c;
    void (*edit)(void *ctx, hb_machine_proof *p);
    void *ctx;
} game;

/* Proves the edited tables with multiplicities as they then are; when a tuple is in no table, with those of the honest tables. The proof must be rejected, for a bus
 * or a constraint, and the trace checker must find something. Returns the reason. */
static inline hb_reason game_lost(const game *g, const char *what)
{
    const hb_rv_report *report = hb_rv_run_report(g->c->run);
    forgery f = {.record = hb_rv_run_record(g->c->run), .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len,
                 .edit = g->edit, .ctx = g->ctx};
    hb_error why = {0};
    size_t findings = 0;
    forgery_end end = forge(g->c, &f, &why, &findings);
    if (end == FORGERY_NOT_PROVABLE) {
        f.edit_after_counting = true;
        end = forge(g->c, &f, &why, &findings);
    }
    if (end != FORGERY_REJECTED)
        fail_msg("%s: %s", what, end == FORGERY_ACCEPTED ? "accepted" : "could not be proven");
    if (findings == 0)
        fail_msg("%s: rejected (%s), but the trace checker finds nothing", what, why.message);
    if (why.reason != HB_R_GKR_PRODUCTS && why.reason != HB_R_GKR_FRACTIONS && why.reason != HB_R_ZEROCHECK_SKIP)
        fail_msg("%s: rejected for another reason: %s", what, why.message);
    return (hb_reason)why.reason;
}

/* The same tables after all: accepted, and nothing to find. */
static inline void game_harmless(const game *g, const char *what)
{
    const hb_rv_report *report = hb_rv_run_report(g->c->run);
    const forgery f = {.record = hb_rv_run_record(g->c->run), .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len,
                       .edit = g->edit, .ctx = g->ctx};
    hb_error why = {0};
    size_t findings = 1;
    if (forge(g->c, &f, &why, &findings) != FORGERY_ACCEPTED || findings)
        fail_msg("%s: %zu findings, %s", what, findings, why.message);
}

static inline hb_f *game_cell(hb_machine_proof *p, uint32_t chip, uint32_t main_column, uint32_t row)
{
    return &forgery_table(p, chip)->cols[hb_chips[chip]->pre_width + main_column][row];
}

/* Row `to` becomes row `from`. */
static inline void game_copy_row(hb_machine_proof *p, uint32_t chip, uint32_t to, uint32_t from)
{
    for (uint32_t j = 0; j < hb_chips[chip]->width; j++)
        *game_cell(p, chip, j, to) = *game_cell(p, chip, j, from);
}

static inline void game_swap(hb_f *a, hb_f *b)
{
    const hb_f t = *a;
    *a = *b, *b = t;
}
