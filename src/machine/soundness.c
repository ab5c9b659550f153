/* Round-by-round soundness of the shard protocol (docs/protocol.md), each line one verifier challenge. Bounds are those that the verifier enforces
 * (largest tables, most columns), not those of a typical proof. Sources:
 *   unique decoding proximity gap, powers batching of l words on a domain of n points: (l - 1) ((1 - rho) n / 2 + 1) / |K|  [BCIKS20, as soundcalc states it];
 *   Johnson regime with multiplicity m: distance 1 - sqrt(rho) (1 + 1 / (2 m)), list (m + 1/2) / sqrt(rho), folding error
 *     ((2 (m + 1/2)^5 + 3 (m + 1/2) delta rho) n / (3 rho^(3/2)) + (m + 1/2) / sqrt(rho)) / |K|, doubled for the erratum of Theorem 4.2  [BCHKS25];
 *   out-of-domain samples: L^2 / 2 * (2^v / |K|)^s for s samples and v variables. */
#include "machine/soundness.h"

#include <math.h>
#include <string.h>

#include "machine/run.h"
#include "pcs/pcs_params.h"

static double k_bits(void) { return 5.0 * log2(2013265921.0); }

static void add(hb_security_report *r, const char *name, const char *regime, double bits, double grind, double times) {
    r->rounds[r->n_rounds++] = (hb_security_round){name, regime, bits, grind, times};
}

static double johnson_agreement(double rho, double m) { return sqrt(rho) * (1.0 + 1.0 / (2.0 * m)); }
static double johnson_list(double rho, double m) { return (m + 0.5) / sqrt(rho); }

static double johnson_fold_bits(double rho, double m, double n) {
    const double g = m + 0.5, delta = 1.0 - johnson_agreement(rho, m);
    const double a = (2.0 * pow(g, 5.0) + 3.0 * g * delta * rho) / (3.0 * pow(rho, 1.5)) * n + g / sqrt(rho);
    return k_bits() - log2(2.0 * a);
}

static double unique_fold_bits(double rho, double n, double words) { return k_bits() - log2((words - 1.0) * ((1.0 - rho) / 2.0 * n + 1.0)); }

static void add_algebraic(hb_security_report *r) {
    const double k = k_bits();
    add(r, "bus challenges", "algebraic", k - log2(3.0 * exp2((double)HB_SECURITY_TUPLES_LOG2)), HB_GRIND_BUS, 1);
    add(r, "challenges of the bus between shards", "algebraic", k - log2(3.0 * exp2((double)HB_SECURITY_RUN_TUPLES_LOG2)), HB_GRIND_GLOBAL, 1);
    add(r, "GKR point and batching", "algebraic", k - log2(4.0), 0, 60);
    add(r, "GKR sumcheck round (degree 3)", "algebraic", k - log2(3.0), 0, 400);
    add(r, "constraint batching and zero test", "algebraic", k - log2((double)HB_SECURITY_CONSTRAINTS_MAX + 29.0), 0, 1);
    add(r, "skip round (degree 60)", "algebraic", k - log2(60.0 + 15.0), 0, 1);
    add(r, "zerocheck round (degree 5)", "algebraic", k - log2(5.0), 0, 25);
    add(r, "column batching", "algebraic", k - log2((double)HB_SECURITY_COLUMNS_MAX), 0, 1);
    add(r, "tile round (degree 2)", "algebraic", k - log2(2.0), 0, 8);
}

static void add_oracle0(hb_security_report *r) {
    const double rho = exp2(-(double)HB_RATE_LOG2_0), n = exp2((double)HB_STACK_LOG2_MAX + HB_RATE_LOG2_0);
    add(r, "gamma batching of stacked columns", "unique decoding", unique_fold_bits(rho, n, (double)HB_STACK_COLUMNS_MAX), HB_GRIND_GAMMA, 1);
    add(r, "queries to the trace", "unique decoding", -(double)HB_QUERIES_0 * log2(1.0 - (1.0 - rho) / 2.0), HB_GRIND_QUERY, 1);
}

typedef struct {
    const char *ood, *combine, *fold, *query;
    int variables, rate_log2, folds, queries, grind;
    double m;
} oracle;

static const oracle oracles[3] = {
    {"out-of-domain, oracle 1", "delta batching, oracle 1", "fold and sumcheck, oracle 1", "queries, oracle 1", HB_STACK_LOG2_MAX, HB_RATE_LOG2_1,
     HB_FOLD_LOG2_1, HB_QUERIES_1, HB_GRIND_FOLD_1, HB_JOHNSON_M_1},
    {"out-of-domain, oracle 2", "delta batching, oracle 2", "fold and sumcheck, oracle 2", "queries, oracle 2", HB_STACK_LOG2_MAX - HB_FOLD_LOG2_1, HB_RATE_LOG2_2,
     HB_FOLD_LOG2_2, HB_QUERIES_2, HB_GRIND_FOLD_2, HB_JOHNSON_M_2},
    {"out-of-domain, oracle 3", "delta batching, oracle 3", "fold and sumcheck, oracle 3", "queries, oracle 3",
     HB_STACK_LOG2_MAX - HB_FOLD_LOG2_1 - HB_FOLD_LOG2_2, HB_RATE_LOG2_3, HB_FOLD_LOG2_3, HB_QUERIES_3, HB_GRIND_FOLD_3, HB_JOHNSON_M_3},
};

static void add_oracle(hb_security_report *r, const oracle *o, hb_security_regime regime) {
    const double k = k_bits(), rho = exp2(-o->rate_log2), n = exp2(o->variables + o->rate_log2);
    if (regime == HB_SECURITY_UNIQUE_ONLY) {
        add(r, o->combine, "unique decoding", k - log2(HB_QUERIES_0 + 3.0), 0, 1);
        add(r, o->fold, "unique decoding", unique_fold_bits(rho, n, 2), o->grind, o->folds);
        add(r, o->query, "unique decoding", -o->queries * log2((1.0 + rho) / 2.0), HB_GRIND_QUERY, 1);
        return;
    }
    const double list = johnson_list(rho, o->m);
    add(r, o->ood, "Johnson", HB_OOD_POINTS * (k - o->variables) - log2(list * list / 2.0), 0, 1);
    add(r, o->combine, "Johnson", k - log2(list * (HB_QUERIES_0 + 3.0)), 0, 1);
    add(r, o->fold, "Johnson", fmin(johnson_fold_bits(rho, o->m, n), k - log2(2.0 * list)), o->grind, o->folds);
    add(r, o->query, "Johnson", -o->queries * log2(johnson_agreement(rho, o->m)), HB_GRIND_QUERY, 1);
}

void hb_security_compute(hb_security_regime regime, hb_security_report *out) {
    memset(out, 0, sizeof *out);
    add_algebraic(out);
    add_oracle0(out);
    for (int i = 0; i < 3; i++) add_oracle(out, &oracles[i], regime);
    add(out, "final sumcheck round (degree 2)", "algebraic", k_bits() - log2(2.0), 0, 7);

    out->min_bits = out->min_bits_no_grinding = INFINITY;
    double sum = 0;
    for (size_t i = 0; i < out->n_rounds; i++) {
        const hb_security_round *x = &out->rounds[i];
        out->min_bits = fmin(out->min_bits, x->error_bits + x->grinding_bits);
        out->min_bits_no_grinding = fmin(out->min_bits_no_grinding, x->error_bits);
        sum += x->times * exp2(-(x->error_bits + x->grinding_bits));
    }
    out->sum_bits = -log2(sum);
    out->hash_collision_bits = 128;
    out->quantum_min_bits = out->min_bits / 2;
    out->quantum_collision_bits = 256.0 / 3.0;
}
