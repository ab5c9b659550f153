/* The fuzz target as an ordinary function. */
#define LLVMFuzzerTestOneInput replay_bcode_translate
#include "bytecode/bcode_translate_fuzz.c"
