/* The reasons for which the verifier of proof files rejects, as they stand in its sources. */
#pragma once
#include <stdbool.h>

#include "base/reject.h"

/* Fails the test if a source file of the verifier names a reason that is neither met nor argued (in reject_list.c) to be out of reach of any proof file. */
void reject_list_check(const bool met[HB_R_COUNT]);
