/* The promise of 128 bits, and the text whose hash is the parameter id, held against the constants that the code uses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/run.h"
#include "machine/soundness.h"
#include "machine/statement.h"
#include "pcs/pcs_params.h"

static void every_round_has_128_bits(void **state) {
    (void)state;
    hb_security_report r;
    hb_security_compute(HB_SECURITY_SHIPPED, &r);
    assert_true(r.n_rounds > 20);
    for (size_t i = 0; i < r.n_rounds; i++) {
        const double bits = r.rounds[i].error_bits + r.rounds[i].grinding_bits;
        if (!(bits >= 128.0)) fail_msg("%s: %.2f bits", r.rounds[i].name, bits);
    }
    assert_true(r.min_bits >= 128.0 && isfinite(r.min_bits));
    assert_true(r.min_bits_no_grinding < r.min_bits); /* the report does not hide the grinding */
    assert_true(r.sum_bits < r.min_bits);
}

/* Figures of the design's table 3.2, computed there with other code. */
static void figures_agree_with_the_design(void **state) {
    (void)state;
    hb_security_report r;
    hb_security_compute(HB_SECURITY_SHIPPED, &r);
    for (size_t i = 0; i < r.n_rounds; i++) {
        const hb_security_round *x = &r.rounds[i];
        if (strcmp(x->name, "fold and sumcheck, oracle 1") == 0) assert_true(fabs(x->error_bits - 117.6) < 0.1); /* 118.6 less the erratum */
        if (strcmp(x->name, "queries, oracle 2") == 0) assert_true(fabs(x->error_bits - 108.3) < 0.1);
    }
}

static void fewer_queries_would_show(void **state) {
    (void)state;
    hb_security_report r;
    hb_security_compute(HB_SECURITY_UNIQUE_ONLY, &r);
    assert_true(r.min_bits < 128.0); /* Johnson query counts are not enough for unique decoding, and the report says so */
}

static void text_states_the_constants(void **state) {
    (void)state;
    char want[1024];
    snprintf(want, sizeof want,
             "hauptbuch-1\nfield p=2013265921 extension=x^5-2\ntile_log2=%u skip_log2=4 stack_log2=%u..%u depth_max=29 cap_log2=8 commitments=key,boundary,main\n"
             "folds=%u,%u,%u rates_log2=%u,%u,%u,%u queries=%u,%u,%u,%u\ngrinding global=%u bus=%u gamma=%u query=%u fold=%u,%u,%u\n"
             "ood_points=%u tuple_challenges=16 hash=blake3\nregimes=unique,johnson:%d,johnson:%d,johnson:%d\nhiding=no\n",
             HB_TILE_LOG2, HB_STACK_LOG2_MIN, HB_STACK_LOG2_MAX, HB_FOLD_LOG2_1, HB_FOLD_LOG2_2, HB_FOLD_LOG2_3, HB_RATE_LOG2_0, HB_RATE_LOG2_1,
             HB_RATE_LOG2_2, HB_RATE_LOG2_3, HB_QUERIES_0, HB_QUERIES_1, HB_QUERIES_2, HB_QUERIES_3, HB_GRIND_GLOBAL, HB_GRIND_BUS, HB_GRIND_GAMMA, HB_GRIND_QUERY,
             HB_GRIND_FOLD_1, HB_GRIND_FOLD_2, HB_GRIND_FOLD_3, HB_OOD_POINTS, HB_JOHNSON_M_1, HB_JOHNSON_M_2, HB_JOHNSON_M_3);
    assert_string_equal(want, hb_params_text());
    assert_int_equal(hb_pcs_shard_params.queries[0], HB_QUERIES_0);
    assert_int_equal(hb_pcs_shard_params.grind_query, HB_GRIND_QUERY);
    assert_int_equal(hb_pcs_shard_params.grind_fold[2], HB_GRIND_FOLD_3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_round_has_128_bits),
        cmocka_unit_test(figures_agree_with_the_design),
        cmocka_unit_test(fewer_queries_would_show),
        cmocka_unit_test(text_states_the_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
