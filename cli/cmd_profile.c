/* hauptbuch profile PROG --svg FILE | --firefox FILE [--stdin FILE] [--input FILE]... [-- ARGS] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"
#include "cli/cli_program.h"
#include "cli/flame.h"
#include "machine/run_prove.h"

static const char usage[] = "usage: hauptbuch profile PROG [--svg FILE] [--firefox FILE] [--stdin FILE] [--input FILE]... [OPTIONS] [-- ARGS]\n"
                            "Runs the guest and shows which functions it costs most to prove. Without a file: a list.\n"
                            "  --svg FILE          a flame graph\n"
                            "  --firefox FILE      for profiler.firefox.com\n"
                            "  --stdin FILE        what the guest reads from standard input\n"
                            "  --input FILE        one chunk of private input (repeat for more)\n"
                            "  --cycle-limit N     stop after N instructions\n"
                            "  --memory-limit SIZE memory that the guest may touch (default 1G)\n"
                            "  --stack-limit SIZE  stack that it may use\n";

enum { LISTED = 30 };

/* What a row of each family costs to prove, in nanoseconds of one core (docs/performance.md: 8.5 a cell, 19 a factor, 40 a fraction). */
static void family_costs(const hb_machine_airs *airs, double cost[HB_FAM_COUNT])
{
    for (uint32_t f = 0; f < HB_FAM_COUNT; f++) {
        const hb_chip_id c = hb_run_chip_of_family((hb_rv_family)f);
        const hb_air *air = &airs->air[c];
        cost[f] = 8.5 * hb_chips[c]->width;
        for (uint32_t t = 0; t < air->n_terms; t++)
            cost[f] += air->terms[t].tree == HB_AIR_TREE_F ? 40 : 19;
    }
}

typedef struct {
    const char *function;
    double cost;
    uint64_t cycles;
} line;

static int dearer(const void *a, const void *b)
{
    const double x = ((const line *)a)->cost, y = ((const line *)b)->cost;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Functions by their own cost, wherever they were called from. */
static int list(const hb_rv_profile *p)
{
    line *lines = calloc(p->n, sizeof *lines);
    uint32_t n = 0;
    if (!lines)
        return HB_EXIT_ENVIRONMENT;
    for (uint32_t i = 1; i < p->n; i++) {
        uint32_t k = 0;
        while (k < n && lines[k].function != p->nodes[i].function)
            k++;
        lines[k].function = p->nodes[i].function;
        lines[k].cost += p->nodes[i].cost;
        lines[k].cycles += p->nodes[i].cycles;
        n += k == n;
    }
    qsort(lines, n, sizeof *lines, dearer);
    puts("  cost  instructions  function");
    for (uint32_t i = 0; i < n && i < LISTED; i++)
        printf("%5.1f%%  %12llu  %s\n", p->cost > 0 ? 100 * lines[i].cost / p->cost : 0, (unsigned long long)lines[i].cycles, lines[i].function);
    printf("%llu instructions, about %.2f core-us each to prove\n", (unsigned long long)p->cycles, p->cycles ? p->cost / (double)p->cycles / 1000 : 0);
    free(lines);
    return 0;
}

static int save(const char *path, const hb_rv_profile *p, const char *title, hb_status (*write)(const hb_rv_profile *p, const char *title, hb_buf *out))
{
    hb_buf out = {0};
    int status = HB_EXIT_ENVIRONMENT;
    if (write(p, title, &out) == HB_OK)
        status = hb_cli_write_file("profile", path, out.data, out.len);
    else
        hb_cli_complain("profile", "out of memory");
    hb_buf_free(&out);
    return status;
}

static int profile(const char *path, const hb_cli_exec *exec, const char *svg, const char *firefox)
{
    static hb_machine_airs airs;
    double cost[HB_FAM_COUNT];
    hb_rv_program program;
    hb_rv_profile p = {0};
    hb_error err = {0};
    int status = hb_cli_load_program("profile", path, &program);
    if (status)
        return status;
    void *memory = malloc(HB_MACHINE_AIRS_BYTES);
    hb_scratch scratch = hb_scratch_of(memory, memory ? HB_MACHINE_AIRS_BYTES : 0);
    hb_status st = hb_machine_airs_init(&airs, &scratch, &err);
    if (st == HB_OK) {
        family_costs(&airs, cost);
        st = hb_rv_profile_run(&program, &exec->options, cost, &p, &err);
    }
    if (st != HB_OK) {
        hb_cli_complain("profile", "%s: %s", hb_status_text(st), err.message);
        status = st == HB_EXECUTION_FAILED || st == HB_LIMIT ? HB_EXIT_NO : HB_EXIT_ENVIRONMENT;
    }
    if (p.cycles) { /* a run that failed has a profile too */
        const int more = svg ? save(svg, &p, path, hb_flame_svg) : firefox ? 0 : list(&p);
        const int most = firefox ? save(firefox, &p, path, hb_flame_firefox) : 0;
        status = status ? status : more ? more : most;
    }
    hb_rv_profile_free(&p);
    free(memory);
    hb_rv_program_free(&program);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {{"stdin", required_argument, NULL, 'x'}, {"input", required_argument, NULL, 'x'}, {"cycle-limit", required_argument, NULL, 'x'},
                                            {"memory-limit", required_argument, NULL, 'x'}, {"stack-limit", required_argument, NULL, 'x'}, {"svg", required_argument, NULL, 's'},
                                            {"firefox", required_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
    hb_cli_exec exec = {0};
    const char *svg = NULL, *firefox = NULL;
    int index = 0, status = 0, help = 0;
    argc = hb_cli_exec_split(&exec, argc, argv);
    for (int c; !status && !help && (c = getopt_long(argc, argv, "", options, &index)) != -1;) {
        int taken = 1;
        switch (c) {
        case 'x': taken = hb_cli_exec_option(&exec, "profile", options[index].name, optarg); break;
        case 's': svg = optarg; break;
        case 'f': firefox = optarg; break;
        case 'h': help = 1; break;
        default: status = HB_EXIT_USAGE;
        }
        if (taken < 0)
            status = -taken;
    }
    if (help) {
        fputs(usage, stdout);
    } else if (!status && optind + 1 == argc) {
        status = profile(argv[optind], &exec, svg, firefox);
    } else if (!status || status == HB_EXIT_USAGE) {
        fputs(usage, stderr);
        status = HB_EXIT_USAGE;
    }
    hb_cli_exec_free(&exec);
    return status;
}

const hb_cli_verb hb_cli_profile = {"profile", "show which functions of a guest cost most to prove", run};
