/* docs/chips.md: the tables of the machine as Markdown, from the rules that the verifier runs. */
#pragma once
#include <stdio.h>

#include "machine/airs.h"

/* False when memory is out; errors of `out` are the caller's to look for. */
bool hb_cli_print_chip_doc(FILE *out, const hb_machine_airs *airs);
