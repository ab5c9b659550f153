/* A virtual machine with a ledger: proven runs become versions, everything else leaves it as it was and says why; its registry supplies the keys that guests ask for. */
#include "tests/api/ledger_steps.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/reject.h"

static hb_zkvm *machine(int caching)
{
    hb_zkvm_config config;
    hb_error err = {0};
    hb_zkvm *vm;
    must(hb_zkvm_config_init(&config, NULL, &err), HB_OK, &err);
    config.threads = 1;
    config.enable_state_caching = caching;
    must(hb_zkvm_new(&vm, &config, &err), HB_OK, &err);
    must(hb_zkvm_open_ledger(vm, "/nowhere/at/all", &err), HB_INVALID_ARGUMENT, &err);
    must(hb_zkvm_open_ledger(vm, all.directory, &err), HB_OK, &err);
    return vm;
}

static void root_now(uint8_t root[32])
{
    hb_error err = {0};
    hb_ledger *l;
    must(hb_ledger_open(&l, all.directory, 0, &err), HB_OK, &err);
    must(hb_ledger_root(l, HB_LEDGER_LATEST, root, &err), HB_OK, &err);
    hb_ledger_close(l);
}

static hb_execution_result *execute(hb_zkvm *vm, const hb_program *p, const step *s)
{
    hb_error err = {0};
    hb_execution_result *r;
    must(hb_zkvm_execute_program(vm, p, &s->input, &r, &err), HB_OK, &err);
    return r;
}

/* --- tests -------------------------------------------------------------------------------------------------------------------------------- */

/* What the new version says, seen with nothing but root, commitment and proof. */
static void check_state_proof(const hb_execution_result *r, const uint8_t after[32], uint8_t value)
{
    hb_error err = {0};
    hb_ledger *l;
    uint8_t *record;
    hb_ledger_cell cells[2], swap;
    const hb_chunk proof = hb_execution_result_state_proof(r), commitment = hb_execution_result_state_commitment(r);
    assert_true(commitment.n > 56 && memcmp(commitment.bytes, "hbcommit", 8) == 0 && memcmp(commitment.bytes + 25, after, 32) == 0);
    memcpy(cells[0].key, all.cell, 32);
    cells[0].value = (hb_chunk){&value, 1};
    assert_int_equal(hb_ledger_cell_key(cells[1].key, "program", "teller", 6), HB_OK);
    must(hb_ledger_open(&l, all.directory, 1, &err), HB_OK, &err);
    must(hb_ledger_get(l, HB_LEDGER_LATEST, cells[1].key, &record, &cells[1].value.n, &err), HB_OK, &err);
    hb_ledger_close(l);
    cells[1].value.bytes = record;
    if (memcmp(cells[0].key, cells[1].key, 32) > 0) {
        swap = cells[0];
        cells[0] = cells[1];
        cells[1] = swap;
    }
    must(hb_ledger_verify(after, proof.bytes, proof.n, cells, 2, &err), HB_OK, &err);
    value++;
    must(hb_ledger_verify(after, proof.bytes, proof.n, cells, 2, &err), HB_STATE_VERIFICATION_FAILED, &err);
    assert_int_equal(err.reason, HB_R_STATE_VALUE);
    hb_bytes_free(record);
}

static void steps_become_versions(void **state)
{
    (void)state;
    hb_error err = {0};
    uint8_t before[32], after[32];
    uint64_t oldest, latest;
    hb_ledger *l;
    step s;
    for (uint8_t value = 1; value <= 2; value++) {
        hb_zkvm *vm = machine(value == 1); /* with and without the cache of pages */
        root_now(before);
        root_with(value, after);
        make_step(&s, before, after, value);
        must(hb_zkvm_verify_state(vm, before, &err), HB_OK, &err);
        must(hb_zkvm_verify_state(vm, after, &err), HB_STATE_VERIFICATION_FAILED, &err);
        hb_execution_result *r = execute(vm, all.teller, &s);
        assert_string_equal(hb_execution_result_state_status(r), "verified");
        assert_int_equal(hb_execution_result_state_verification(r), 1);
        must(hb_zkvm_verify_state(vm, after, &err), HB_OK, &err);
        must(hb_zkvm_verify_state(vm, before, &err), HB_STATE_VERIFICATION_FAILED, &err);
        assert_int_equal(hb_execution_result_ledger_writes(r).n, s.chunks[1].n);
        check_state_proof(r, after, value);
        must(hb_zkvm_commit_state(vm, r, &err), HB_STATE_COMMITMENT_FAILED, &err); /* it is */
        assert_non_null(strstr(err.message, value == 1 ? "as version 1" : "as version 2"));
        hb_execution_result_free(r);
        hb_zkvm_close_ledger(vm);
        must(hb_zkvm_verify_state(vm, after, &err), HB_STATE_VERIFICATION_FAILED, &err);
        assert_string_equal(err.message, "no ledger is open");
        hb_zkvm_free(vm);
    }
    must(hb_ledger_open(&l, all.directory, 0, &err), HB_OK, &err);
    must(hb_ledger_versions(l, &oldest, &latest, &err), HB_OK, &err);
    assert_true(oldest == 0 && latest == 2);
    hb_ledger_close(l);
}

/* Executes; the ledger must be as it was, and the status must say this. */
static void refused(hb_zkvm *vm, const hb_program *p, const step *s, const char *status, uint32_t reason)
{
    hb_error err = {0};
    uint8_t before[32], after[32];
    root_now(before);
    hb_execution_result *r = execute(vm, p, s);
    if (!strstr(hb_execution_result_state_status(r), status))
        fail_msg("'%s', not '%s'", hb_execution_result_state_status(r), status);
    assert_int_equal(hb_execution_result_state_verification(r), 0);
    assert_int_equal(hb_execution_result_state_commitment(r).n + hb_execution_result_state_proof(r).n, 0);
    must(hb_zkvm_verify_state(vm, before, &err), HB_OK, &err);
    if (p != all.quiet) { /* asked for on its own it is the same */
        must(hb_zkvm_commit_state(vm, r, &err), HB_STATE_VERIFICATION_FAILED, &err);
        assert_int_equal(err.reason, reason);
        assert_string_equal(err.message, hb_execution_result_state_status(r));
    }
    root_now(after);
    assert_memory_equal(before, after, 32);
    hb_execution_result_free(r);
}

static void what_is_no_step_leaves_the_ledger_alone(void **state)
{
    (void)state;
    uint8_t before[32], after[32], zero[96] = {0};
    hb_zkvm *vm = machine(1);
    step s;
    root_now(before);
    root_with(9, after);
    make_step(&s, before, after, 9);
    s.first[32] = 7;
    refused(vm, all.teller, &s, "the program ended with exit code 7", 0);
    make_step(&s, before, after, 9);
    set_values(&s, zero, 95, 0);
    refused(vm, all.teller, &s, "the public values do not begin with the state roots", 0);
    set_values(&s, zero, 96, 0);
    s.input.n_chunks = 1;
    refused(vm, all.quiet, &s, "the program is registered as one that uses no state", 0);
    make_step(&s, zero, after, 9);
    refused(vm, all.teller, &s, "the ledger refuses the step: ", HB_R_PRE_ROOT);
    make_step(&s, before, zero, 9);
    refused(vm, all.teller, &s, "the ledger refuses the step: ", HB_R_POST_ROOT);
    make_step(&s, before, after, 9);
    s.second[s.chunks[1].n - 1]++;
    refused(vm, all.teller, &s, "the ledger refuses the step: ", HB_R_WRITES_DIGEST);
    hb_zkvm_free(vm);
}

static void emit_stranger(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_ADDI, 0, 0, 0, 0);
    emit_teller(a);
}

static void unregistered_programs(void **state)
{
    (void)state;
    uint8_t before[32], after[32];
    hb_zkvm *vm = machine(1);
    hb_program *stranger = api_elf(emit_stranger);
    step s;
    root_now(before);
    root_with(9, after);
    make_step(&s, before, after, 9);
    refused(vm, stranger, &s, "the ledger has no program registered with this verifying key", 0);
    hb_program_free(stranger);
    hb_zkvm_free(vm);
}

/* Cached proofs leave the ledger alone until somebody commits them; nobody can do so twice. A program without state leaves its receipt. */
static void commit_by_hand(void **state)
{
    (void)state;
    hb_error err = {0};
    uint8_t before[32], after[32];
    int cached;
    hb_execution_result *first, *second;
    hb_zkvm *vm = machine(1);
    step s;
    root_now(before);
    root_with(3, after);
    make_step(&s, before, after, 3);
    must(hb_zkvm_cached_generate_proof(vm, all.teller, &s.input, &first, &cached, &err), HB_OK, &err);
    assert_string_equal(hb_execution_result_state_status(first), "not committed");
    must(hb_zkvm_verify_state(vm, before, &err), HB_OK, &err);
    must(hb_zkvm_commit_state(vm, first, &err), HB_OK, &err);
    assert_string_equal(hb_execution_result_state_status(first), "verified");
    must(hb_zkvm_verify_state(vm, after, &err), HB_OK, &err);
    must(hb_zkvm_cached_generate_proof(vm, all.teller, &s.input, &second, &cached, &err), HB_OK, &err);
    assert_int_equal(cached, 1);
    must(hb_zkvm_commit_state(vm, second, &err), HB_STATE_VERIFICATION_FAILED, &err);
    assert_int_equal(err.reason, HB_R_REPLAY);
    hb_execution_result_free(first);
    hb_execution_result_free(second);
    set_values(&s, after, 32, 0);
    s.input.n_chunks = 1;
    first = execute(vm, all.quiet, &s);
    must(hb_zkvm_commit_state(vm, first, &err), HB_OK, &err);
    assert_int_equal(hb_execution_result_state_verification(first), 1);
    must(hb_zkvm_verify_state(vm, after, &err), HB_OK, &err);
    hb_execution_result_free(first);
    hb_zkvm_free(vm);
}

/* --- keys that guests ask for ------------------------------------------------------------------------------------------------------------- */

static void guests_get_keys_from_the_ledger(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_execution_result *r;
    hb_program *asker = api_elf(emit_asker);
    const hb_program_dependency needs = {HB_PROGRAM_NEEDS_PROGRAM, "quiet", "^1.1", NULL};
    step s = {.second = "quiet"};
    set_values(&s, all.programs[1].key.bytes, 32, 0);
    s.chunks[0].n = 40; /* the digest alone: the values must come from the registry */
    finish(&s, 5);
    must(hb_program_add_dependency(asker, &needs, &err), HB_OK, &err);
    hb_zkvm *vm = machine(1);
    r = execute(vm, asker, &s);
    const hb_chunk values = hb_execution_result_public_values(r);
    assert_int_equal(values.n, 32);
    assert_memory_equal(values.bytes, all.programs[1].key.bytes, 32);
    hb_execution_result_free(r);
    must(hb_zkvm_secure_execute_program(vm, asker, &s.input, &r, &err), HB_OK, &err); /* the child knows it too */
    hb_execution_result_free(r);
    hb_zkvm_close_ledger(vm);
    must(hb_zkvm_execute_program(vm, asker, &s.input, &r, &err), HB_DEPENDENCY_RESOLUTION_FAILED, &err);
    hb_zkvm_free(vm);
    hb_program_free(asker);
}

/* A directory of packages beside the ledger: both supply; a version that they have in common must be one program. */
static void two_registries_must_agree(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_program_metadata m = {.version = "1.2.0"};
    const hb_program_dependency needs = {HB_PROGRAM_NEEDS_PROGRAM, "quiet", "=1.2.0", NULL};
    hb_program *asker = api_elf(emit_asker);
    hb_execution_result *r;
    step s = {.second = "quiet"};
    uint8_t *bytes;
    size_t n;
    char path[128];
    must(hb_program_add_dependency(asker, &needs, &err), HB_OK, &err);
    set_values(&s, all.programs[1].key.bytes, 32, 0);
    s.chunks[0].n = 40;
    finish(&s, 5);
    for (int same = 0; same < 2; same++) {
        hb_program *p = api_elf(same ? emit_quiet : emit_teller);
        hb_zkvm *vm = machine(1);
        must(hb_program_set_id(p, "quiet", &err), HB_OK, &err);
        must(hb_program_set_metadata(p, &m, &err), HB_OK, &err);
        must(hb_program_to_bytes(p, &bytes, &n, &err), HB_OK, &err);
        snprintf(path, sizeof path, "%s/quiet.elf", all.scratch);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(bytes, 1, n, f), n);
        fclose(f);
        must(hb_zkvm_open_registry(vm, all.scratch, &err), HB_OK, &err);
        const hb_status st = hb_zkvm_execute_program(vm, asker, &s.input, &r, &err);
        must(st, same ? HB_OK : HB_DEPENDENCY_RESOLUTION_FAILED, &err);
        if (!same)
            assert_non_null(strstr(err.message, "different programs"));
        hb_execution_result_free(r);
        hb_bytes_free(bytes);
        hb_program_free(p);
        hb_zkvm_free(vm);
    }
    hb_program_free(asker);
}

/* --- the handle by itself ----------------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t seen;
    hb_ledger_kind kinds[16];
    uint64_t stop;
} told;

static int take(void *ctx, const hb_ledger_version *v)
{
    told *t = ctx;
    assert_int_equal(v->version, t->seen);
    t->kinds[t->seen++] = v->kind;
    return t->seen == t->stop;
}

static void history_and_rollback(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_ledger *l;
    uint8_t root[32], now[32], *value, *proof, *bytes;
    uint64_t version, oldest, latest;
    size_t n, n_proof;
    told t = {.stop = 99};
    const uint8_t five = 5;
    must(hb_ledger_open(&l, all.directory, 1, &err), HB_OK, &err);
    must(hb_ledger_history(l, 0, HB_LEDGER_LATEST, take, &t, &err), HB_OK, &err);
    assert_true(t.seen == 5 && t.kinds[0] == HB_LEDGER_GENESIS && t.kinds[1] == HB_LEDGER_PROVEN && t.kinds[4] == HB_LEDGER_PROVEN);
    t = (told){.stop = 2};
    must(hb_ledger_history(l, 0, HB_LEDGER_LATEST, take, &t, &err), HB_OK, &err);
    assert_int_equal(t.seen, 2);
    hb_ledger_cell c = {.value = {&five, 1}};
    assert_int_equal(hb_ledger_cell_key(c.key, "storage/teller", "other", 5), HB_OK);
    must(hb_ledger_put(l, NULL, 0, &c, 1, &version, &err), HB_OK, &err);
    assert_int_equal(version, 5);
    must(hb_ledger_get(l, HB_LEDGER_LATEST, c.key, &value, &n, &err), HB_OK, &err);
    assert_true(n == 1 && value[0] == 5);
    hb_bytes_free(value);
    must(hb_ledger_get(l, 1, c.key, &value, &n, &err), HB_OK, &err);
    assert_null(value);
    must(hb_ledger_rollback(l, 1, &version, &err), HB_OK, &err);
    must(hb_ledger_root(l, 1, root, &err), HB_OK, &err);
    must(hb_ledger_root(l, version, now, &err), HB_OK, &err);
    assert_memory_equal(root, now, 32);
    const uint8_t(*keys)[32] = (const uint8_t(*)[32])c.key;
    must(hb_ledger_prove(l, version, keys, 1, &proof, &n_proof, &err), HB_OK, &err);
    must(hb_ledger_verify(now, proof, n_proof, &c, 1, &err), HB_STATE_VERIFICATION_FAILED, &err); /* it is gone */
    c.value.bytes = NULL;
    must(hb_ledger_verify(now, proof, n_proof, &c, 1, &err), HB_OK, &err);
    hb_bytes_free(proof);
    const hb_chunk name = {(const uint8_t *)"n", 1};
    must(hb_ledger_witness(l, "teller", &name, 1, &bytes, &n, &err), HB_OK, &err);
    assert_memory_equal(bytes, "hbwitnes", 8);
    hb_bytes_free(bytes);
    must(hb_ledger_commitment(l, 0, &bytes, &n, &err), HB_OK, &err);
    assert_memory_equal(bytes, "hbcommit", 8);
    hb_bytes_free(bytes);
    must(hb_ledger_root(l, 99, root, &err), HB_INVALID_ARGUMENT, &err);
    must(hb_ledger_rollback(l, 99, NULL, &err), HB_INVALID_ARGUMENT, &err);
    must(hb_ledger_versions(l, &oldest, &latest, &err), HB_OK, &err);
    assert_int_equal(latest, 6);
    hb_ledger_close(l);
}

/* --- threads ------------------------------------------------------------------------------------------------------------------------------ */

enum { THREADS = 4, ROUNDS = 50 };

typedef struct {
    hb_zkvm *vm;
    unsigned number, wrong;
    uint8_t root[32];
} asking;

/* Some open and close, others ask: a call sees a ledger that is open to its end, or none. */
static void *ask(void *ctx)
{
    asking *a = ctx;
    hb_error err = {0};
    for (int i = 0; i < ROUNDS; i++) {
        if (a->number % 2) {
            const hb_status st = hb_zkvm_verify_state(a->vm, a->root, &err);
            a->wrong += st != HB_OK && strcmp(err.message, "no ledger is open") != 0;
        } else {
            if (i % 2)
                hb_zkvm_close_ledger(a->vm);
            else
                a->wrong += hb_zkvm_open_ledger(a->vm, all.directory, &err) != HB_OK;
        }
    }
    return NULL;
}

static void threads_share_a_ledger(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    asking a[THREADS];
    hb_error err = {0};
    hb_zkvm *vm = machine(1);
    for (unsigned i = 0; i < THREADS; i++) {
        a[i] = (asking){.vm = vm, .number = i};
        root_now(a[i].root);
    }
    must(hb_zkvm_verify_state(vm, a[0].root, &err), HB_OK, &err);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &a[i]), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(a[i].wrong, 0);
    }
    hb_zkvm_free(vm);
}

/* --- a ledger that fails ------------------------------------------------------------------------------------------------------------------ */

/* A step that is proven and waits: how it is refused is what the two tests below are about. */
static hb_execution_result *waiting(hb_zkvm *vm)
{
    hb_error err = {0};
    uint8_t before[32], after[32];
    hb_execution_result *r;
    step s;
    root_now(before);
    root_with(4, after);
    make_step(&s, before, after, 4);
    must(hb_zkvm_cached_generate_proof(vm, all.teller, &s.input, &r, NULL, &err), HB_OK, &err);
    return r;
}

static void ledgers_that_fail(void **state)
{
    (void)state;
    hb_error err = {0};
    int status;
    struct rlimit whole;
    hb_zkvm *vm = machine(1);
    hb_execution_result *r = waiting(vm);
    const pid_t pid = fork(); /* a ledger is not for the other side of a fork */
    if (pid == 0)
        _exit(hb_zkvm_commit_state(vm, r, &err) == HB_STATE_COMMITMENT_FAILED && strstr(err.message, "the ledger cannot be read: ") == err.message ? 5 : 6);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
    const struct rlimit full = {4096, whole.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
    const hb_status st = hb_zkvm_commit_state(vm, r, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
    must(st, HB_STATE_COMMITMENT_FAILED, &err);
    assert_non_null(strstr(err.message, "the ledger cannot take the step: "));
    hb_execution_result_free(r);
    hb_zkvm_free(vm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_become_versions),
        cmocka_unit_test(what_is_no_step_leaves_the_ledger_alone),
        cmocka_unit_test(unregistered_programs),
        cmocka_unit_test(commit_by_hand),
        cmocka_unit_test(guests_get_keys_from_the_ledger),
        cmocka_unit_test(two_registries_must_agree),
        cmocka_unit_test(history_and_rollback),
        cmocka_unit_test(threads_share_a_ledger),
        cmocka_unit_test(ledgers_that_fail),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
