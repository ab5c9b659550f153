/* The parameters for the public calculator ethereum/soundcalc. Its model of WHIR has one distance to the Johnson radius for all rounds of a circuit, while
 * here every oracle has its own; so each oracle is a circuit of one round. What lies between oracles (out-of-domain samples, batching of the claims) and the
 * sumchecks are not in its models; `hauptbuch security` has them. */
#include <math.h>

#include "air/record.h"
#include "machine/run.h"
#include "machine/soundness.h"
#include "pcs/pcs_params.h"

typedef struct circuit {
    const char *name;
    unsigned variables, rate_log2, folds, queries, fold_grind;
    unsigned batch, batch_grind;
    unsigned constraints, degree; /* of the trace's rules; an oracle has none: 1, 1 is the calculator's least */
    unsigned m; /* 0: unique decoding */
} circuit;

static void print_list(FILE *out, const char *key, unsigned n, unsigned value)
{
    fprintf(out, "%s = [[", key);
    for (unsigned i = 0; i < n; i++)
        fprintf(out, "%s%u", i ? ", " : "", value);
    fputs("]]\n", out);
}

static void print_circuit(FILE *out, const circuit *c)
{
    fprintf(out, "\n[[circuits]]\nname = \"%s\"\nlog_inv_rate = %u\nnum_iterations = 1\nfolding_factors = [%u]\nlog_degree = %u\n", c->name, c->rate_log2, c->folds,
            c->variables);
    fprintf(out, "batch_size = %u\npower_batching = true\ngrinding_batching_phase = %u\n", c->batch, c->batch_grind);
    /* The calculator's least degree of WHIR's own sumchecks is 3; here they have 2. */
    fprintf(out, "constraint_degree = 3\nnum_constraints = %u\nair_max_degree = %u\nopening_points = 1\n", c->constraints, c->degree);
    fprintf(out, "num_queries = [%u]\ngrinding_bits_queries = [%u]\nnum_ood_samples = []\ngrinding_bits_ood = []\n", c->queries, HB_GRIND_QUERY);
    print_list(out, "grinding_bits_folding", c->folds, c->fold_grind);
    if (c->m == 0)
        fputs("explicit_regime = \"unique\"\n", out);
    else /* the calculator rounds sqrt(rho) / (2 gap) up to the multiplicity: a hair more gap, or it finds m + 1 */
        fprintf(out, "explicit_regime = \"list\"\ngap_to_radius = %.12f\n", sqrt(exp2(-(double)c->rate_log2)) / (2.0 * c->m) * (1.0 + 1e-6));
}

static void print_buses(FILE *out, const char *name, unsigned tuples_log2, unsigned grind)
{
    fprintf(out, "\n[[circuits.lookups]]\nname = \"%s\"\nlogup_type = \"multivariate\"\nrows_L = %llu\nrows_T = 0\nnum_columns_S = %u\nnum_lookups_M = 1\n"
                 "grinding_bits_lookup = %u\n",
            name, 1ull << tuples_log2, HB_AIR_MAX_TUPLE, grind);
}

void hb_security_soundcalc(FILE *out)
{
    const circuit circuits[1 + HB_ORACLES] = {
        {"trace", HB_STACK_LOG2_MAX, HB_RATE_LOG2_0, 1, HB_QUERIES_0, 0, HB_STACK_COLUMNS_MAX, HB_GRIND_GAMMA,
         HB_SECURITY_CONSTRAINTS_MAX, HB_AIR_MAX_DEGREE + 1 /* the row mask */, 0},
        {"oracle-1", HB_STACK_LOG2_MAX, HB_RATE_LOG2_1, HB_FOLD_LOG2_1, HB_QUERIES_1, HB_GRIND_FOLD_1, 1, 0, 1, 1, HB_JOHNSON_M_1},
        {"oracle-2", HB_STACK_LOG2_MAX - HB_FOLD_LOG2_1, HB_RATE_LOG2_2, HB_FOLD_LOG2_2, HB_QUERIES_2, HB_GRIND_FOLD_2, 1, 0, 1, 1, HB_JOHNSON_M_2},
        {"oracle-3", HB_STACK_LOG2_MAX - HB_FOLD_LOG2_1 - HB_FOLD_LOG2_2, HB_RATE_LOG2_3, HB_FOLD_LOG2_3, HB_QUERIES_3, HB_GRIND_FOLD_3, 1, 0, 1, 1, HB_JOHNSON_M_3},
    };
    fputs("# Parameters of Hauptbuch for ethereum/soundcalc, written by `hauptbuch security --soundcalc`. The calculator has one distance to the Johnson radius for\n"
          "# all rounds of a circuit, so every oracle of the opening is a circuit of one round: \"trace\" is the commitment that all are opened from.\n"
          "# The fold of \"trace\" is the calculator's least, the protocol has none there.\n\n"
          "[zkevm]\nname = \"Hauptbuch\"\nprotocol_family = \"WHIR\"\nfield = \"BabyBear^5\"\nhash_size_bits = 256\n",
          out);
    for (size_t i = 0; i < sizeof circuits / sizeof *circuits; i++) {
        print_circuit(out, &circuits[i]);
        if (i == 0) {
            print_buses(out, "buses", HB_SECURITY_TUPLES_LOG2, HB_GRIND_BUS);
            print_buses(out, "bus between shards", HB_SECURITY_RUN_TUPLES_LOG2, HB_GRIND_GLOBAL);
        }
    }
}
