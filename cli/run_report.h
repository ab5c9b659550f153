/* What a run of a guest was like, for people and for programs. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

#include "rv/interp.h"

/* Reason, place, call and the last lines of stderr, if the run ended with a trap. */
void hb_run_print_trap(FILE *out, const hb_rv_report *report);

void hb_run_print_report(FILE *out, const hb_rv_report *report);

/* One object, keys documented in docs (hauptbuch run). err: the message of a run that did not halt. False with a complaint when
 * memory is out. */
bool hb_run_print_json(FILE *out, const hb_rv_report *report, const hb_error *err);
