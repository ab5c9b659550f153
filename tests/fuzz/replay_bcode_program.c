/* The fuzz target as an ordinary function. */
#define LLVMFuzzerTestOneInput replay_bcode_program
#include "bytecode/bcode_program_fuzz.c"
