/* hauptbuch bench --ledger. */
#pragma once

/* argv[0] is "bench", argv[1] "--ledger". Returns the exit status. */
int hb_cli_bench_ledger(int argc, char **argv);
