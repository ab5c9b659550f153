/* hauptbuch security: the bits of every round, computed from the constants in the code. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "machine/soundness.h"
#include "machine/statement.h"

static void print_text(const hb_security_report *r)
{
    printf("%-38s %-16s %8s %9s %8s\n", "round", "regime", "bits", "grinding", "total");
    for (size_t i = 0; i < r->n_rounds; i++) {
        const hb_security_round *x = &r->rounds[i];
        printf("%-38s %-16s %8.2f %9.0f %8.2f\n", x->name, x->regime, x->error_bits, x->grinding_bits, x->error_bits + x->grinding_bits);
    }
    printf("\nsmallest round               %7.2f bits   (round-by-round; without grinding %.2f)\n", r->min_bits, r->min_bits_no_grinding);
    printf("sum over all rounds          %7.2f bits\n", r->sum_bits);
    printf("hash collisions (BLAKE3-256) %7.2f bits\n", r->hash_collision_bits);
    printf("post-quantum: rounds         %7.2f bits   (q^2 e in the quantum random oracle model), collisions %.2f\n", r->quantum_min_bits,
           r->quantum_collision_bits);
    puts("\nProofs are succinct, not hiding: they may leak information about private inputs. docs/security.md explains the figures.");
}

static void print_json(const hb_security_report *r)
{
    printf("{\"min_bits\": %.2f, \"min_bits_no_grinding\": %.2f, \"sum_bits\": %.2f, \"hash_collision_bits\": %.2f, \"quantum_min_bits\": %.2f, "
           "\"quantum_collision_bits\": %.2f, \"hiding\": false, \"rounds\": [",
           r->min_bits, r->min_bits_no_grinding, r->sum_bits, r->hash_collision_bits, r->quantum_min_bits, r->quantum_collision_bits);
    for (size_t i = 0; i < r->n_rounds; i++)
        printf("%s{\"name\": \"%s\", \"regime\": \"%s\", \"error_bits\": %.2f, \"grinding_bits\": %.0f, \"times\": %.0f}", i ? ", " : "", r->rounds[i].name,
               r->rounds[i].regime, r->rounds[i].error_bits, r->rounds[i].grinding_bits, r->rounds[i].times);
    puts("]}");
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {"unique", no_argument, NULL, 'u'}, {"soundcalc", no_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {0}};
    hb_security_regime regime = HB_SECURITY_SHIPPED;
    int json = 0, soundcalc = 0;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'j') {
            json = 1;
        } else if (c == 'u') {
            regime = HB_SECURITY_UNIQUE_ONLY;
        } else if (c == 's') {
            soundcalc = 1;
        } else {
            fputs("usage: hauptbuch security [--json] [--unique] | --soundcalc\n"
                  "  --unique     what the same query counts are worth in unique decoding alone\n"
                  "  --soundcalc  the parameters as a file for the public calculator ethereum/soundcalc\n", c == 'h' ? stdout : stderr);
            return c == 'h' ? HB_EXIT_YES : HB_EXIT_USAGE;
        }
    }
    if (optind != argc) {
        hb_cli_complain("security", "takes no arguments, got '%s'", argv[optind]);
        return HB_EXIT_USAGE;
    }
    if (soundcalc) {
        hb_security_soundcalc(stdout);
        return HB_EXIT_YES;
    }
    hb_security_report report;
    hb_security_compute(regime, &report);
    if (json)
        print_json(&report);
    else
        print_text(&report);
    return regime == HB_SECURITY_SHIPPED && report.min_bits < 128.0 ? HB_EXIT_NO : HB_EXIT_YES;
}

const hb_cli_verb hb_cli_security = {"security", "print the security of every round in bits", run};
