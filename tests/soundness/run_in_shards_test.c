/* Runs cut into shards: honest ones verify, at any cut, with both verifiers; files with shards that are missing, repeated, exchanged, or of another run do not. */
#include "tests/soundness/proof_case.h"

#include <stdlib.h>

#include "machine/prooffile_write.h"
#include "machine/run_prove.h"

static proof_case the_case;
static const uint8_t chunk[] = "secret!";
static const hb_rv_span inputs[1] = {{chunk, sizeof chunk}};
static const hb_rv_exec_options options = {.inputs = inputs, .n_inputs = 1};

#define PIECES_MAX 40

/* A proof file in pieces: head, then the proofs. */
typedef struct pieces {
    uint32_t n; /* proofs */
    hb_buf head, proof[PIECES_MAX];
} pieces;

static void pieces_free(pieces *p)
{
    hb_buf_free(&p->head);
    for (uint32_t i = 0; i < p->n; i++)
        hb_buf_free(&p->proof[i]);
}

static hb_buf joined(const pieces *p)
{
    hb_buf file = {0};
    assert_int_equal(hb_buf_append(&file, p->head.data, p->head.len), HB_OK);
    for (uint32_t i = 0; i < p->n; i++)
        assert_int_equal(hb_buf_append(&file, p->proof[i].data, p->proof[i].len), HB_OK);
    return file;
}

static pieces prove_in_shards(uint64_t shard_cycles)
{
    pieces p = {0};
    hb_run run;
    hb_error err = {0};
    const hb_run_limits limits = {.shard_cycles = shard_cycles};
    if (hb_run_plan(&run, &the_case.key, &options, &limits, the_case.pool, NULL, NULL, &err) != HB_OK || hb_run_head(&run, &p.head, &err) != HB_OK)
        fail_msg("%s", err.message);
    p.n = run.n_shards + 1;
    assert_true(p.n <= PIECES_MAX);
    for (uint32_t i = 0; i < p.n; i++)
        if (hb_run_proof(&run, i, &p.proof[i], &err) != HB_OK)
            fail_msg("proof %u: %s", i, err.message);
    hb_run_free(&run);
    return p;
}

/* Both verifiers; the first one's reason. */
static uint32_t reason_of(const hb_buf *file)
{
    hb_error err = {0};
    return proof_case_accepts(&the_case, file->data, file->len, 7, &err) ? HB_R_NONE : err.reason;
}

static uint32_t reason_of_pieces(const pieces *p)
{
    hb_buf file = joined(p);
    const uint32_t reason = reason_of(&file);
    hb_buf_free(&file);
    return reason;
}

static void honest_runs_verify(void **state)
{
    (void)state;
    static const uint64_t cycles[] = {4096, 1000, 6000};
    for (size_t i = 0; i < sizeof cycles / sizeof *cycles; i++) {
        pieces p = prove_in_shards(cycles[i]);
        assert_true(p.n > 2);
        assert_int_equal(reason_of_pieces(&p), HB_R_NONE);
        pieces_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_runs_verify),
    };
    proof_case_make(&the_case, 12, 7);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    proof_case_free(&the_case);
    return failed;
}
