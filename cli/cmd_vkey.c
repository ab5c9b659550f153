/* hauptbuch vkey PROG: the verifying key, recomputed from the program alone. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_program.h"

static int run(int argc, char **argv)
{
    if (argc != 2 || argv[1][0] == '-') {
        const int help = argc == 2 && strcmp(argv[1], "--help") == 0;
        fputs("usage: hauptbuch vkey PROG\n", help ? stdout : stderr);
        return help ? HB_EXIT_YES : HB_EXIT_USAGE;
    }
    uint8_t vkey[32];
    int status = hb_cli_program_vkey("vkey", argv[1], vkey);
    if (status)
        return status;
    for (int i = 0; i < 32; i++)
        printf("%02x", vkey[i]);
    putchar('\n');
    return HB_EXIT_YES;
}

const hb_cli_verb hb_cli_vkey = {"vkey", "print a program's verifying key", run};
