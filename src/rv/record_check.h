/* Checks that a record is one consistent history: the memory argument and the state argument of machine.md, in plain C, and that each event agrees with its
 * instruction about which registers and cells it touches. It does not check what instructions compute (chips do). For tests of whatever reads or forges records. */
#pragma once
#include "rv/interp.h"

/* HB_OK, or HB_INVALID_ARGUMENT with the first violation found in err->message (HB_OUT_OF_MEMORY without room for the tokens). Checked:
 *   - cells: strictly ascending; the 17 public-value cells first; every image word present; types and initial values as their region demands;
 *   - events: unused fields are 0; addresses are rs1 + immediate; families as events.h routes them;
 *   - state: every event's instruction exists, is of its family, and sits at the pc where the event before it went; ts advances by 4 or 16 from 4 to ts_end;
 *     pc runs from pc_in = entry to pc_out;
 *   - memory: every access and bump consumes a token (cell, value, ts) that an initial cell, access or bump produced, each token once; final cells consume what is
 *     left; ts strictly increases, by at most 2^18 for accesses; bumps' bounds. */
hb_status hb_rv_record_check(const hb_rv_program *program, const hb_rv_record *record, hb_error *err);
