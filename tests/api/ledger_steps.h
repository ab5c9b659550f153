/* What tests of a virtual machine with a ledger share: programs that say what they are told (so that any step can be tried), their input, and a fresh ledger that has them registered. */
#pragma once
#include "hauptbuch/ledger.h"
#include "tests/api/api_case.h"

/* Fails the test, with the message, unless the statuses are equal. */
void must(hb_status got, hb_status want, const hb_error *err);

/* Programs for api_elf. Chunk 1: digest (32) and exit code (8) that the run ends with, then public values. */
void emit_teller(hb_rvasm *a); /* chunk 2: the list of writes */
void emit_quiet(hb_rvasm *a);  /* no other chunk */
void emit_asker(hb_rvasm *a);  /* chunk 1 without public values; chunk 2: the id of a program, whose key it asks for and makes its public values */

typedef struct step {
    uint8_t first[40 + 100], second[64];
    hb_chunk chunks[2];
    hb_program_input input;
} step;

void set_values(step *s, const uint8_t *values, size_t n, unsigned exit_code); /* chunk 1 */
void finish(step *s, size_t n_second);                                         /* chunk 2 has so many bytes; the input is ready */
/* teller puts one byte into its cell "n", from one root to another. */
void make_step(step *s, const uint8_t before[32], const uint8_t after[32], uint8_t value);

/* Set up once for all tests of a program (cmocka's group functions). */
extern struct ledger_world {
    char directory[64], scratch[80]; /* the ledger; a place for others */
    hb_program *teller, *quiet;
    hb_ledger_program programs[2]; /* teller 1.0.0 uses state, quiet 1.2.0 does not */
    uint8_t cell[32];              /* key of teller's "n" */
} all;
int set_up(void **state);
int tear_down(void **state);

/* Root of a ledger in which "n" is value and nothing else is. */
void root_with(uint8_t value, uint8_t root[32]);
