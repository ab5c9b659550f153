/* The fuzz target as an ordinary function. */
#define LLVMFuzzerTestOneInput replay_package
#include "program/package_fuzz.c"
