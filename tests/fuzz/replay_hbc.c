/* The fuzz target as an ordinary function. */
#define LLVMFuzzerTestOneInput replay_hbc
#include "bytecode/hbc_fuzz.c"
