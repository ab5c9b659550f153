#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/build.h"
#include "cli/build_files.h"
#include "cli/build_tools.h"
#include "cli/cli.h"

static const char usage[] =
    "usage: hauptbuch build DIR [-o FILE] [OPTIONS]\n"
    "\n"
    "Compiles the project in DIR for the zkVM: Rust if there is a Cargo.toml, C if there is a hauptbuch.json.\n"
    "\n"
    "  -o, --output FILE    the program (default: NAME.elf here)\n"
    "      --bin NAME       Rust: which program of the package\n"
    "      --features LIST  Rust: features for cargo\n"
    "      --offline        Rust: cargo must not use the network\n"
    "      --locked         Rust: Cargo.lock must not change\n"
    "  -v, --verbose        say what is run\n"
    "\n"
    "Environment: HB_RUSTC, HB_CARGO, HB_LLD, HB_CC name tools; HB_RUSTFLAGS adds flags for rustc, one a line;\n"
    "HAUPTBUCH_CACHE is where the compiled standard library is kept (default ~/.cache/hauptbuch).\n"
    "Exit status: 0 built, 1 the program does not compile, 2 usage, 3 a tool or file is missing.\n";

static int run_build(int argc, char **argv)
{
    enum { BIN = 256, FEATURES, OFFLINE, LOCKED };
    static const struct option long_options[] = {
        {"output", required_argument, NULL, 'o'},      {"bin", required_argument, NULL, BIN},
        {"features", required_argument, NULL, FEATURES}, {"offline", no_argument, NULL, OFFLINE},
        {"locked", no_argument, NULL, LOCKED},         {"verbose", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},              {NULL, 0, NULL, 0},
    };
    hb_build_options options = {0};
    for (int c; (c = getopt_long(argc, argv, "o:vh", long_options, NULL)) != -1;) {
        switch (c) {
        case 'o': options.output = optarg; break;
        case BIN: options.bin = optarg; break;
        case FEATURES: options.features = optarg; break;
        case OFFLINE: options.offline = true; break;
        case LOCKED: options.locked = true; break;
        case 'v': options.verbose = true; break;
        case 'h': fputs(usage, stdout); return HB_EXIT_YES;
        default: fputs(usage, stderr); return HB_EXIT_USAGE;
        }
    }
    if (argc - optind != 1) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE;
    }
    options.dir = argv[optind];
    if (!hb_dir_exists(options.dir)) {
        hb_cli_complain("build", "%s is not a directory", options.dir);
        return HB_EXIT_ENVIRONMENT;
    }
    char *guest = hb_build_guest_dir("build");
    if (!guest)
        return HB_EXIT_ENVIRONMENT;
    char *cargo_toml = hb_cli_format("%s/Cargo.toml", options.dir), *json = hb_cli_format("%s/hauptbuch.json", options.dir);
    int status = HB_EXIT_ENVIRONMENT;
    hb_cli_hold_signals();
    if (hb_file_exists(json))
        status = hb_build_c(&options, guest);
    else if (hb_file_exists(cargo_toml))
        status = hb_build_rust(&options, guest);
    else
        hb_cli_complain("build", "%s has neither a Cargo.toml nor a hauptbuch.json", options.dir);
    free(json);
    free(cargo_toml);
    free(guest);
    return status;
}

const hb_cli_verb hb_cli_build = {"build", "compile a guest program (Rust or C)", run_build};
