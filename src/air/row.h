/* Scalar evaluation of a record on one row: the slow, plain reader that the trace checker and tests use. Freestanding. */
#pragma once
#include "air/challenges.h"
#include "air/table.h"

/* values[i] = value of node i on row `row` of columns cols[j][row]; values has air->n_nodes entries. */
void hb_air_eval_row(const hb_air *air, hb_f *const *cols, uint32_t row, const hb_air_publics *publics, hb_f *values);
