#include "tests/api/ledger_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hash/blake3.h"
#include "hash/sha256.h"

/* --- programs ----------------------------------------------------------------------------------------------------------------------------- */

enum { ZERO = 0, T0 = 5, S0 = 8, S1 = 9, A0 = 10, A1 = 11, A2 = 12 };
enum { CALL_WRITE = 0x02, CALL_COMMIT = 0x10, CALL_DEFERRED = 0x1a, CALL_HINT_LEN = 0xf0, CALL_HINT_READ = 0xf1, CALL_HALT = 0x00, FD_PUBLIC = 13, FD_WRITES = 24, FD_KEY = 25 };

/* The next chunk to S0, its length to S1; each to a place of its own. */
static void emit_read(hb_rvasm *a, unsigned which)
{
    hb_rvasm_call(a, CALL_HINT_LEN);
    hb_rvasm_op(a, HB_OP_ADDI, S1, T0, 0, 0);
    hb_rvasm_li(a, S0, HB_RV_INPUT_LO + which * 4096);
    hb_rvasm_op(a, HB_OP_ADDI, A0, S0, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, A1, S1, 0, 0);
    hb_rvasm_call(a, CALL_HINT_READ);
}

static void emit_write(hb_rvasm *a, unsigned fd, int skip)
{
    hb_rvasm_li(a, A0, fd);
    hb_rvasm_op(a, HB_OP_ADDI, A1, S0, 0, skip);
    hb_rvasm_op(a, HB_OP_ADDI, A2, S1, 0, -skip);
    hb_rvasm_call(a, CALL_WRITE);
}

/* Ends with the digest and the exit code that the chunk at the first place begins with. */
static void emit_end(hb_rvasm *a)
{
    hb_rvasm_li(a, S0, HB_RV_INPUT_LO);
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(a, A0, i);
        hb_rvasm_op(a, HB_OP_LWU, A1, S0, 0, 4 * i);
        hb_rvasm_call(a, CALL_COMMIT);
        hb_rvasm_li(a, A0, i);
        hb_rvasm_li(a, A1, 0);
        hb_rvasm_call(a, CALL_DEFERRED);
    }
    hb_rvasm_op(a, HB_OP_LD, A0, S0, 0, 32);
    hb_rvasm_call(a, CALL_HALT);
}

/* Chunks: digest (32), exit code (8), public values; list of writes. It says what it is told, so that any step can be tried. */
void emit_teller(hb_rvasm *a)
{
    emit_read(a, 0);
    emit_write(a, FD_PUBLIC, 40);
    emit_read(a, 1);
    emit_write(a, FD_WRITES, 0);
    emit_end(a);
}

/* The same with another key, and without writes. */
void emit_quiet(hb_rvasm *a)
{
    emit_read(a, 0);
    emit_write(a, FD_PUBLIC, 40);
    emit_end(a);
}

/* Chunks: digest, exit code; the id of a program, whose key becomes the public values. */
void emit_asker(hb_rvasm *a)
{
    emit_read(a, 0);
    emit_read(a, 1);
    emit_write(a, FD_KEY, 0);
    emit_read(a, 2);
    emit_write(a, FD_PUBLIC, 0);
    emit_end(a);
}

static hb_verifying_key key_of(const hb_program *p)
{
    hb_error err = {0};
    hb_proving_key *k;
    assert_int_equal(hb_proving_key_generate(&k, p, &err), HB_OK);
    const hb_verifying_key v = hb_proving_key_get_verifying_key(k);
    hb_proving_key_free(k);
    return v;
}

/* --- a step ------------------------------------------------------------------------------------------------------------------------------- */

void set_values(step *s, const uint8_t *values, size_t n, unsigned exit_code)
{
    memset(s->first, 0, 40);
    hb_sha256_hash(s->first, values, n);
    s->first[32] = (uint8_t)exit_code;
    if (n)
        memcpy(s->first + 40, values, n);
    s->chunks[0] = (hb_chunk){s->first, 40 + n};
}

void finish(step *s, size_t n_second)
{
    s->chunks[1] = (hb_chunk){s->second, n_second};
    s->input = (hb_program_input){.size = sizeof s->input, .chunks = s->chunks, .n_chunks = 2};
}

/* teller puts one byte into its cell "n". */
void make_step(step *s, const uint8_t before[32], const uint8_t after[32], uint8_t value)
{
    static const uint8_t head[] = {'h', 'b', 'w', 'r', 'i', 't', 'e', 's', 6, 't', 'e', 'l', 'l', 'e', 'r', 1, 0, 0, 0, 1, 0, 'n', 1, 1, 0, 0, 0};
    uint8_t values[96];
    memset(s, 0, sizeof *s);
    memcpy(s->second, head, sizeof head);
    s->second[sizeof head] = value;
    memcpy(values, before, 32);
    memcpy(values + 32, after, 32);
    hb_blake3_hash(values + 64, s->second, sizeof head + 1);
    set_values(s, values, sizeof values, 0);
    finish(s, sizeof head + 1);
}

/* --- the ledger that all tests have ------------------------------------------------------------------------------------------------------- */

struct ledger_world all;

void must(hb_status got, hb_status want, const hb_error *err)
{
    if (got != want)
        fail_msg("'%s' (%s), not '%s'", hb_status_text(got), err->message, hb_status_text(want));
}

/* Root of a ledger in which n is value: a ledger made for that. */
void root_with(uint8_t value, uint8_t root[32])
{
    char command[160];
    hb_error err = {0};
    hb_ledger *l;
    hb_ledger_cell c = {.value = {&value, 1}};
    memcpy(c.key, all.cell, 32);
    snprintf(command, sizeof command, "rm -rf %s", all.scratch);
    assert_int_equal(system(command), 0);
    must(hb_ledger_create(&l, all.scratch, all.programs, 2, &c, 1, &err), HB_OK, &err);
    must(hb_ledger_root(l, HB_LEDGER_LATEST, root, &err), HB_OK, &err);
    hb_ledger_close(l);
}

int set_up(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_ledger *l;
    strcpy(all.directory, "/tmp/hb_api_ledger_XXXXXX");
    assert_non_null(mkdtemp(all.directory));
    snprintf(all.scratch, sizeof all.scratch, "%s/scratch", all.directory);
    strcat(all.directory, "/main");
    all.teller = api_elf(emit_teller);
    all.quiet = api_elf(emit_quiet);
    all.programs[0] = (hb_ledger_program){"teller", "1.0.0", key_of(all.teller), 1};
    all.programs[1] = (hb_ledger_program){"quiet", "1.2.0", key_of(all.quiet), 0};
    assert_int_equal(hb_ledger_cell_key(all.cell, "storage/teller", "n", 1), HB_OK);
    must(hb_ledger_create(&l, all.directory, all.programs, 2, NULL, 0, &err), HB_OK, &err);
    hb_ledger_close(l);
    must(hb_ledger_create(&l, all.directory, NULL, 0, NULL, 0, &err), HB_INVALID_ARGUMENT, &err); /* there is one */
    assert_null(l);
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    char command[160];
    hb_program_free(all.teller);
    hb_program_free(all.quiet);
    *strrchr(all.directory, '/') = 0;
    snprintf(command, sizeof command, "rm -rf %s", all.directory);
    return system(command);
}
