/* Files of runs in shards, changed in every place where the proofs of a run are tied together: both verifiers reject, src/'s for the reason that it should. What a
 * cheating prover can do beyond changing files: run_forgery_full_test.c. */
#include "tests/soundness/run_pieces.h"

static proof_case the_case;
static run_pieces honest, foreign; /* two inputs, the same cuts */

static int make(void **state)
{
    (void)state;
    proof_case_make(&the_case, 2, RUN_EXIT_CODE);
    const run_source sources[2] = {run_cut_in_three(&the_case, "secret!", 900), run_cut_in_three(&the_case, "secreu!", 900)};
    run_plan plan = {.sources = sources, .n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}}};
    honest = run_forge(&the_case, &plan);
    plan.init_source = 1;
    for (int i = 0; i < 3; i++)
        plan.steps[i].source = 1;
    foreign = run_forge(&the_case, &plan);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    run_pieces_free(&honest);
    run_pieces_free(&foreign);
    proof_case_free(&the_case);
    return 0;
}

static void honest_runs_are_accepted(void **state)
{
    (void)state;
    assert_int_equal(run_verdict(&the_case, &honest), HB_R_NONE);
    assert_int_equal(run_verdict(&the_case, &foreign), HB_R_NONE);
}

typedef struct change {
    const char *what;
    void (*make)(run_pieces *p);
    uint32_t reason; /* HB_R_COUNT: whichever */
} change;

static void check_changes(const change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        run_pieces p = run_pieces_copy(&honest);
        changes[i].make(&p);
        const uint32_t got = run_verdict(&the_case, &p);
        if (got == HB_R_NONE || (changes[i].reason != HB_R_COUNT && got != changes[i].reason))
            fail_msg("%s: %s", changes[i].what, hb_reject_text(got));
        run_pieces_free(&p);
    }
}

/* --- which proofs there are ------------------------------------------------------------------------------------------------------------- */
static void exchange(run_pieces *p, uint32_t i, uint32_t j)
{
    const hb_buf b = p->proof[i];
    p->proof[i] = p->proof[j];
    p->proof[j] = b;
}

static void drop_proof(run_pieces *p, uint32_t i)
{
    hb_buf b = run_take(p, i);
    hb_buf_free(&b);
}

static void replace(run_pieces *p, uint32_t i, const hb_buf *by)
{
    hb_buf_free(&p->proof[i]);
    p->proof[i] = run_buf_copy(by);
}

/* The proof of the file of kind `single`, as a piece. */
static hb_buf single_piece(void)
{
    hb_proof_view view;
    hb_buf b = {0};
    assert_int_equal(hb_proof_parse(the_case.proof.data, the_case.proof.len, &view, NULL), HB_OK);
    assert_int_equal(hb_buf_append(&b, view.proofs, (size_t)view.n_proofs_bytes), HB_OK);
    return b;
}

static void exchanged(run_pieces *p) { exchange(p, 2, 3); }
static void exchanged_renumbered(run_pieces *p) { exchange(p, 2, 3), run_renumber(p); }
static void first_exchanged_renumbered(run_pieces *p) { exchange(p, 1, 2), run_renumber(p); }
static void init_last(run_pieces *p) { run_insert(p, p->n, run_take(p, 0)); }
static void init_last_renumbered(run_pieces *p) { run_insert(p, p->n, run_take(p, 0)), run_renumber(p); }
static void no_init(run_pieces *p) { drop_proof(p, 0); }
static void no_init_renumbered(run_pieces *p) { drop_proof(p, 0), run_renumber(p); }
static void two_inits(run_pieces *p) { replace(p, 1, &honest.proof[0]); }
static void last_missing(run_pieces *p) { drop_proof(p, 3); }
static void last_missing_renumbered(run_pieces *p) { drop_proof(p, 3), run_renumber(p); }
static void middle_missing(run_pieces *p) { drop_proof(p, 2); }
static void middle_missing_renumbered(run_pieces *p) { drop_proof(p, 2), run_renumber(p); } /* the pcs fit: it began where it ended */
static void first_missing_renumbered(run_pieces *p) { drop_proof(p, 1), run_renumber(p); }
static void init_alone(run_pieces *p)
{
    while (p->n > 1)
        drop_proof(p, 1);
    run_renumber(p);
}
static void init_alone_without_nonce(run_pieces *p)
{
    init_alone(p);
    run_put(&p->head, run_at_nonce(p), 0);
    run_put(&p->head, run_at_nonce(p) + 4, 0);
}
static void middle_repeated(run_pieces *p) { run_insert(p, 2, run_buf_copy(&honest.proof[2])); }
static void middle_repeated_renumbered(run_pieces *p) { middle_repeated(p), run_renumber(p); }
static void last_repeated_renumbered(run_pieces *p) { run_insert(p, 4, run_buf_copy(&honest.proof[3])), run_renumber(p); }
static void one_more(run_pieces *p) { run_insert(p, 4, run_buf_copy(&honest.proof[3])); }
static void more_promised(run_pieces *p) { run_put(&p->head, run_at_shards(p), 4); }
static void fewer_promised(run_pieces *p) { run_put(&p->head, run_at_shards(p), 2); }
static void too_many_promised(run_pieces *p) { run_put(&p->head, run_at_shards(p), 1u << 18); }
static void a_single_proof(run_pieces *p)
{
    hb_buf_free(&p->proof[2]);
    p->proof[2] = single_piece();
}
static void a_single_proof_as_exec(run_pieces *p)
{
    a_single_proof(p);
    run_put(&p->proof[2], AT_KIND, HB_KIND_EXEC);
    run_put(&p->proof[2], AT_INDEX, 2);
}
static void foreign_shard(run_pieces *p) { replace(p, 2, &foreign.proof[2]); }
static void foreign_shard_resealed(run_pieces *p) { foreign_shard(p), run_reseal(&the_case, p, 0); }
static void foreign_last_resealed(run_pieces *p) { replace(p, 3, &foreign.proof[3]), run_reseal(&the_case, p, 0); }
static void foreign_init(run_pieces *p) { replace(p, 0, &foreign.proof[0]); }
static void foreign_head(run_pieces *p)
{
    hb_buf_free(&p->head);
    p->head = run_buf_copy(&foreign.head);
}

static void other_proofs(void **state)
{
    (void)state;
    const change changes[] = {
        {"shards exchanged", exchanged, HB_R_KIND},
        {"shards exchanged and renumbered", exchanged_renumbered, HB_R_NOT_HALTED},
        {"the first shards exchanged and renumbered", first_exchanged_renumbered, HB_R_ENTRY},
        {"init last", init_last, HB_R_KIND},
        {"init last, renumbered", init_last_renumbered, HB_R_KIND},
        {"no init", no_init, HB_R_KIND},
        {"no init, renumbered", no_init_renumbered, HB_R_KIND},
        {"two inits", two_inits, HB_R_KIND},
        {"the last shard is missing", last_missing, HB_R_MALFORMED_PROOF},
        {"the last shard is missing, renumbered", last_missing_renumbered, HB_R_NOT_HALTED},
        {"the middle shard is missing", middle_missing, HB_R_KIND},
        {"the middle shard is missing, renumbered", middle_missing_renumbered, HB_R_BAD_GRINDING},
        {"the first shard is missing, renumbered", first_missing_renumbered, HB_R_ENTRY},
        {"init alone", init_alone, HB_R_MALFORMED_PROOF},
        {"init alone, as a single proof", init_alone_without_nonce, HB_R_KIND},
        {"the middle shard twice", middle_repeated, HB_R_KIND},
        {"the middle shard twice, renumbered", middle_repeated_renumbered, HB_R_BAD_GRINDING},
        {"the last shard twice, renumbered", last_repeated_renumbered, HB_R_NOT_HALTED},
        {"one proof more than promised", one_more, HB_R_MALFORMED_PROOF},
        {"one proof more promised", more_promised, HB_R_NOT_HALTED},
        {"one proof fewer promised", fewer_promised, HB_R_NOT_HALTED},
        {"2^18 shards promised", too_many_promised, HB_R_MALFORMED_PROOF},
        {"a proof of kind single among them", a_single_proof, HB_R_KIND},
        {"a proof of kind single as exec", a_single_proof_as_exec, HB_R_HEIGHTS},
        {"a shard of another run", foreign_shard, HB_R_BAD_GRINDING},
        {"a shard of another run, resealed", foreign_shard_resealed, HB_R_COUNT},
        {"the last shard of another run, resealed", foreign_last_resealed, HB_R_COUNT},
        {"the init proof of another run", foreign_init, HB_R_BAD_GRINDING},
        {"the head of another run", foreign_head, HB_R_BAD_GRINDING},
    };
    check_changes(changes, sizeof changes / sizeof changes[0]);
}

/* --- what they state -------------------------------------------------------------------------------------------------------------------- */
static void add(hb_buf *b, size_t at, uint32_t d) { run_put(b, at, run_get(b, at) + d); }
static void add_chip(hb_buf *b, uint32_t chip, uint32_t d) { add(b, AT_HEIGHTS + 4 * chip, d); }

static void pc_out_alone(run_pieces *p) { add(&p->proof[1], AT_PC_OUT, 1); }
static void pc_in_alone(run_pieces *p) { add(&p->proof[2], AT_PC_IN, 1); }
static void pc_between(run_pieces *p) { add(&p->proof[1], AT_PC_OUT, 1), add(&p->proof[2], AT_PC_IN, 1); }
static void pc_between_resealed(run_pieces *p) { pc_between(p), run_reseal(&the_case, p, 0); }
static void pc_nowhere_between(run_pieces *p)
{
    run_put(&p->proof[1], AT_PC_OUT, HB_PC_NOWHERE);
    run_put(&p->proof[2], AT_PC_IN, HB_PC_NOWHERE);
    run_reseal(&the_case, p, 0);
}
static void pc_halt_between(run_pieces *p)
{
    run_put(&p->proof[1], AT_PC_OUT, HB_PC_HALT);
    run_put(&p->proof[2], AT_PC_IN, HB_PC_HALT);
}
static void pc_beyond(run_pieces *p) { run_put(&p->proof[1], AT_PC_OUT, HB_F_P); }
static void pc_first(run_pieces *p) { add(&p->proof[1], AT_PC_IN, 1); }
static void pc_last(run_pieces *p) { add(&p->proof[3], AT_PC_OUT, 1); }
static void pc_of_init(run_pieces *p) { add(&p->proof[0], AT_PC_IN, 1); }
static void pc_out_of_init(run_pieces *p) { add(&p->proof[0], AT_PC_OUT, 1); }
static void nonce_other(run_pieces *p) { add(&p->head, run_at_nonce(p), 1); }
static void nonce_high(run_pieces *p) { add(&p->head, run_at_nonce(p) + 4, 1); }
static void nonce_next_good(run_pieces *p) { run_reseal(&the_case, p, (uint64_t)run_get(&p->head, run_at_nonce(p)) + 1); }
static void index_other(run_pieces *p) { add(&p->proof[2], AT_INDEX, 1); }
static void kind_single(run_pieces *p) { run_put(&p->proof[2], AT_KIND, HB_KIND_SINGLE); }
static void kind_init(run_pieces *p) { run_put(&p->proof[2], AT_KIND, HB_KIND_INIT); }
static void kind_unknown(run_pieces *p) { run_put(&p->proof[2], AT_KIND, HB_KIND_COUNT); }
static void init_as_exec(run_pieces *p) { run_put(&p->proof[0], AT_KIND, HB_KIND_EXEC); }
static void time_other(run_pieces *p) { add(&p->proof[1], AT_TS_END, 4); }
static void time_of_init(run_pieces *p) { add(&p->proof[0], AT_TS_END, 1); }
static void chain_in_exec(run_pieces *p) { add(&p->proof[1], AT_CHAIN_LO, 1); }
static void chain_hi_in_exec(run_pieces *p) { add(&p->proof[1], AT_CHAIN_HI, 1); }
static void chain_too_far(run_pieces *p) { run_put(&p->proof[0], AT_CHAIN_LO, 1u << 29); }
static void chain_hi_too_far(run_pieces *p) { run_put(&p->proof[0], AT_CHAIN_HI, 1u << 16); }
static void chain_other(run_pieces *p) { add(&p->proof[0], AT_CHAIN_LO, 1); }
static void image_in_exec(run_pieces *p) { run_put(&p->proof[1], AT_HEIGHTS + 4 * HB_CHIP_IMAGE, the_case.key.part.n_image); }
static void initfin_in_exec(run_pieces *p) { run_put(&p->proof[1], AT_HEIGHTS + 4 * HB_CHIP_INITFIN, 17); }
static void initfin_global_in_exec(run_pieces *p) { run_put(&p->proof[1], AT_HEIGHTS + 4 * HB_CHIP_INITFIN_GLOBAL, 17); }
static void no_boundary(run_pieces *p) { run_put(&p->proof[1], AT_HEIGHTS + 4 * HB_CHIP_BOUNDARY, 0); }
static void no_program(run_pieces *p) { run_put(&p->proof[1], AT_HEIGHTS + 4 * HB_CHIP_PROG, 0); }
static void program_in_init(run_pieces *p) { run_put(&p->proof[0], AT_HEIGHTS + 4 * HB_CHIP_PROG, the_case.key.part.n_prog); }
static void boundary_in_init(run_pieces *p) { run_put(&p->proof[0], AT_HEIGHTS + 4 * HB_CHIP_BOUNDARY, 1); }
static void few_cells_in_init(run_pieces *p) { run_put(&p->proof[0], AT_HEIGHTS + 4 * HB_CHIP_INITFIN_GLOBAL, 16); }
static void no_image_in_init(run_pieces *p) { run_put(&p->proof[0], AT_HEIGHTS + 4 * HB_CHIP_IMAGE, 0); }
static void boundary_rows(run_pieces *p) { add_chip(&p->proof[2], HB_CHIP_BOUNDARY, 1); }
static void boundary_rows_resealed(run_pieces *p) { boundary_rows(p), run_reseal(&the_case, p, 0); }
static void init_rows_resealed(run_pieces *p) { add_chip(&p->proof[0], HB_CHIP_INITFIN_GLOBAL, UINT32_MAX), run_reseal(&the_case, p, 0); }
static void chips_other(run_pieces *p) { add(&p->proof[3], AT_CHIPS, 1); }
static void exit_code_other(run_pieces *p) { add(&p->head, run_at_public(p) + 64, 1); }
static void digest_other(run_pieces *p) { add(&p->head, run_at_public(p) + 4, 1); }
static void deferred_some(run_pieces *p) { add(&p->head, run_at_public(p) + 32 + 28, 1); }

static void other_statements(void **state)
{
    (void)state;
    const change changes[] = {
        {"a shard ends elsewhere", pc_out_alone, HB_R_RUN_CONTINUITY},
        {"a shard begins elsewhere", pc_in_alone, HB_R_RUN_CONTINUITY},
        {"two shards meet elsewhere", pc_between, HB_R_BAD_GRINDING},
        {"two shards meet elsewhere, resealed", pc_between_resealed, HB_R_COUNT},
        {"two shards meet nowhere, resealed", pc_nowhere_between, HB_R_COUNT},
        {"two shards meet at the end", pc_halt_between, HB_R_NOT_HALTED},
        {"a pc that is no field element", pc_beyond, HB_R_RUN_CONTINUITY},
        {"the run begins elsewhere", pc_first, HB_R_ENTRY},
        {"the run ends elsewhere", pc_last, HB_R_NOT_HALTED},
        {"init has a pc", pc_of_init, HB_R_RUN_CONTINUITY},
        {"init has a last pc", pc_out_of_init, HB_R_RUN_CONTINUITY},
        {"another nonce", nonce_other, HB_R_BAD_GRINDING},
        {"another nonce, high word", nonce_high, HB_R_BAD_GRINDING},
        {"another nonce that meets the target", nonce_next_good, HB_R_COUNT},
        {"another index", index_other, HB_R_KIND},
        {"exec as single", kind_single, HB_R_KIND},
        {"exec as init", kind_init, HB_R_KIND},
        {"no kind at all", kind_unknown, HB_R_KIND},
        {"init as exec", init_as_exec, HB_R_KIND},
        {"another time", time_other, HB_R_TIME},
        {"init has a time", time_of_init, HB_R_TIME},
        {"exec has a last key", chain_in_exec, HB_R_CHAIN_END},
        {"exec has a last key, high part", chain_hi_in_exec, HB_R_CHAIN_END},
        {"the last key is no address", chain_too_far, HB_R_CHAIN_END},
        {"the last key is no address, high part", chain_hi_too_far, HB_R_CHAIN_END},
        {"another last key", chain_other, HB_R_COUNT},
        {"IMAGE in exec", image_in_exec, HB_R_HEIGHTS},
        {"INITFIN in exec", initfin_in_exec, HB_R_HEIGHTS},
        {"INITFIN_GLOBAL in exec", initfin_global_in_exec, HB_R_HEIGHTS},
        {"no BOUNDARY in exec", no_boundary, HB_R_HEIGHTS},
        {"no PROG in exec", no_program, HB_R_HEIGHTS},
        {"PROG in init", program_in_init, HB_R_HEIGHTS},
        {"BOUNDARY in init", boundary_in_init, HB_R_HEIGHTS},
        {"fewer cells than public words", few_cells_in_init, HB_R_HEIGHTS},
        {"no IMAGE in init", no_image_in_init, HB_R_HEIGHTS},
        {"another number of boundary rows", boundary_rows, HB_R_BAD_GRINDING},
        {"another number of boundary rows, resealed", boundary_rows_resealed, HB_R_COUNT},
        {"another number of cells, resealed", init_rows_resealed, HB_R_COUNT},
        {"another number of chips", chips_other, HB_R_MALFORMED_PROOF},
        {"another exit code", exit_code_other, HB_R_EXIT_CODE},
        {"another digest", digest_other, HB_R_PUBLIC_BYTES},
        {"something deferred", deferred_some, HB_R_DEFERRED},
    };
    check_changes(changes, sizeof changes / sizeof changes[0]);
}

/* --- their words ------------------------------------------------------------------------------------------------------------------------ */
static void count_words(hb_buf *b) { hb_store_le64(b->data + AT_N_WORDS, (b->len - AT_WORDS) / 4); }

static void word_cut(run_pieces *p)
{
    p->proof[0].len -= 4;
    count_words(&p->proof[0]);
}
static void word_more(run_pieces *p)
{
    assert_int_equal(hb_buf_append(&p->proof[0], "\0\0\0\0", 4), HB_OK);
    count_words(&p->proof[0]);
}
static void hardly_words(run_pieces *p)
{
    p->proof[3].len = AT_WORDS + 4 * 8 * HB_CAP_NODES_MAX - 4;
    count_words(&p->proof[3]);
}
static void words_promised(run_pieces *p) { add(&p->proof[3], AT_N_WORDS, 1); }
static void words_promised_high(run_pieces *p) { add(&p->proof[3], AT_N_WORDS + 4, 1u << 31); }
static void boundary_cap(run_pieces *p) { p->proof[2].data[AT_WORDS + 77] ^= 1; }
static void boundary_cap_resealed(run_pieces *p) { boundary_cap(p), run_reseal(&the_case, p, 0); }
static void main_cap(run_pieces *p) { p->proof[0].data[AT_WORDS + 32 * HB_CAP_NODES_MAX + 77] ^= 1; }
static void caps_exchanged(run_pieces *p)
{
    uint8_t *a = p->proof[0].data + AT_WORDS, *b = a + 32 * HB_CAP_NODES_MAX;
    for (size_t i = 0; i < 32 * HB_CAP_NODES_MAX; i++) {
        const uint8_t t = a[i];
        a[i] = b[i];
        b[i] = t;
    }
    run_reseal(&the_case, p, 0);
}

static void other_words(void **state)
{
    (void)state;
    const change changes[] = {
        {"a word fewer", word_cut, HB_R_TRUNCATED},
        {"a word more", word_more, HB_R_TRAILING_BYTES},
        {"not even a cap", hardly_words, HB_R_TRUNCATED},
        {"more words than there are", words_promised, HB_R_MALFORMED_PROOF},
        {"many more words than there are", words_promised_high, HB_R_MALFORMED_PROOF},
        {"another boundary cap", boundary_cap, HB_R_BAD_GRINDING},
        {"another boundary cap, resealed", boundary_cap_resealed, HB_R_COUNT},
        {"another main cap", main_cap, HB_R_COUNT},
        {"caps exchanged, resealed", caps_exchanged, HB_R_COUNT},
    };
    check_changes(changes, sizeof changes / sizeof changes[0]);
}

/* One bit anywhere: src/'s verifier on all of them, both on some. */
static void flipped_bits(void **state)
{
    (void)state;
    hb_test_rng rng = {20261125};
    hb_buf file = run_joined(&honest);
    for (int i = 0; i < 300; i++) {
        const size_t bit = (size_t)hb_test_below(&rng, 8 * file.len);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const bool yes = i % 60 == 0 ? proof_case_accepts(&the_case, file.data, file.len, RUN_EXIT_CODE, NULL)
                                     : proof_case_accepts_fast(&the_case, file.data, file.len, RUN_EXIT_CODE, NULL);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (yes)
            fail_msg("bit %zu flipped: accepted", bit);
    }
    hb_buf_free(&file);
}

/* Between the proofs: every bit of every statement. */
static void statement_bits(void **state)
{
    (void)state;
    hb_buf file = run_joined(&honest);
    size_t at = honest.head.len;
    for (uint32_t i = 0; i < honest.n; at += honest.proof[i++].len)
        for (size_t bit = 8 * at; bit < 8 * (at + AT_WORDS); bit += 1 + bit % 3) {
            file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            const bool yes = proof_case_accepts_fast(&the_case, file.data, file.len, RUN_EXIT_CODE, NULL);
            file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (yes)
                fail_msg("proof %u, bit %zu flipped: accepted", i, bit - 8 * at);
        }
    hb_buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_runs_are_accepted), cmocka_unit_test(other_proofs), cmocka_unit_test(other_statements),
        cmocka_unit_test(other_words),              cmocka_unit_test(flipped_bits), cmocka_unit_test(statement_bits),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
