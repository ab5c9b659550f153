/* What the steps of a proof share (machine_tables.c, machine_prove.c); everybody else: machine/machine_prove.h. */
#pragma once
#include "machine/machine_prove.h"
#include "zerocheck/zerocheck_prove.h"

/* Around each phase, in the thread that proves: times and progress. A phase that is entered again adds up. */
void hb_machine_phase_begin(hb_machine_proof *p, hb_prove_phase phase);
void hb_machine_phase_end(hb_machine_proof *p, hb_prove_phase phase);

/* out: layout->n_tables of them. */
void hb_machine_zerocheck_tables(const hb_machine_key *key, const hb_machine_layout *layout, const hb_statement *st, hb_zerocheck_table *out);
