/* See hooked_interp.c. */
#define HB_TEST_HOOKS
#include "rv/interp_fault.c"
