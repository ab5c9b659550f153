/* The executor with fault injection: takes the place of the library's objects in these tests. */
#define HB_TEST_HOOKS
#include "rv/interp.c"
