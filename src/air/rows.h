/* Structured columns as cells. Hosted, prover only. */
#pragma once
#include "air/structured.h"
#include "air/table.h"

/* out[i] = value on row `row` + i, i < n. */
void hb_structured_rows(hb_structured s, uint32_t row, uint32_t n, const hb_air_publics *publics, hb_f *out);
