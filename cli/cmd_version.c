/* hauptbuch version [-v] */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cpu.h"
#include "cli/cli.h"
#include "machine/statement.h"

static const char *isa_name(hb_isa isa)
{
    return isa == HB_ISA_AVX512 ? "avx512" : isa == HB_ISA_AVX2 ? "avx2" : "baseline";
}

static int run(int argc, char **argv)
{
    const int verbose = argc == 2 && (strcmp(argv[1], "-v") == 0 || strcmp(argv[1], "--verbose") == 0);
    if (argc > 1 && !verbose) {
        const int help = argc == 2 && strcmp(argv[1], "--help") == 0;
        fputs("usage: hauptbuch version [-v | --verbose]\n", help ? stdout : stderr);
        return help ? HB_EXIT_YES : HB_EXIT_USAGE;
    }
    puts("hauptbuch 0.1.0");
    if (!verbose)
        return HB_EXIT_YES;
    uint8_t id[32];
    hb_params_id(id);
    fputs("parameters ", stdout);
    for (int i = 0; i < 32; i++)
        printf("%02x", id[i]);
    printf("\n%s", hb_params_text());
    printf("kernels %s (this processor: %s; HB_ISA caps them), %ld processors\n", isa_name(hb_isa_current()), isa_name(hb_isa_detected()), sysconf(_SC_NPROCESSORS_ONLN));
    return HB_EXIT_YES;
}

const hb_cli_verb hb_cli_version = {"version", "print the version (-v: parameters, kernels)", run};
