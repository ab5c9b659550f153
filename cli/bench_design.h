/* hauptbuch bench --design-table. */
#pragma once

/* argv[0] is "bench", argv[1] "--design-table". Returns the exit status. */
int hb_cli_bench_design(int argc, char **argv);
