/* A ledger whose contents follow from the version number, so that any process can tell what any version must hold. */
#pragma once
#include "base/testing.h"
#include "ledger/state_manager.h"

typedef struct ledger_case {
    char dir[64];
    unsigned n; /* keys */
} ledger_case;

/* A fresh directory. */
void ledger_case_init(ledger_case *c, unsigned n);
void ledger_case_free(ledger_case *c); /* removes it */

hb_state_manager *ledger_case_create(const ledger_case *c, const hb_state_options *options);
hb_state_manager *ledger_case_open(const ledger_case *c, const hb_state_options *options);

/* Makes version `v`, which must be the next one. */
hb_status ledger_case_step(const ledger_case *c, hb_state_manager *m, uint64_t v, hb_error *err);

/* Does the version hold exactly what it must? false also when reading fails, with the error. */
bool ledger_case_holds(const ledger_case *c, hb_state_manager *m, uint64_t v, hb_error *err);

/* Fails the test with the error's message unless st is HB_OK. */
void ledger_case_ok(hb_status st, const hb_error *err);
