/* The fuzz target as an ordinary function. */
#define LLVMFuzzerTestOneInput replay_bcode_asm
#include "bytecode/bcode_asm_fuzz.c"
