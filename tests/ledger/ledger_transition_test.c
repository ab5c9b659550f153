/* Proven steps: an honest chain is applied and audited; every way of forging a step is refused with its own reason and leaves the store's files as they were. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/state_verifier.h"
#include "ref/ref_ledger.h"
#include "tests/ledger/echo_program.h"

enum { CELLS = 5 };

static char dir[64];
static echo_program token, impostor;
static hb_state_manager *ledger;

static void ok(hb_status st, const hb_error *err)
{
    if (st != HB_OK)
        fail_msg("%s: %s", hb_status_text(st), err->message);
}

/* A step that is to be proven: writes to cells "0".."4" of token, as names and values. */
typedef struct plan {
    const char *program;            /* in the list of writes */
    const char *value[CELLS];       /* NULL: not written */
    uint8_t before[32], after[32];
    unsigned exit_code;
    const echo_program *by;
} plan;

static char cell[CELLS][16]; /* what the ledger holds, "" for absent */

static void cell_key(uint8_t key[32], const char *in, unsigned i)
{
    const char name = (char)('0' + i);
    hb_ledger_key(key, in, strlen(in), &name, 1);
}

static char space[32]; /* whose keys are compared */

static int by_key(const void *a, const void *b)
{
    uint8_t x[32], y[32];
    cell_key(x, space, *(const unsigned *)a);
    cell_key(y, space, *(const unsigned *)b);
    return memcmp(x, y, 32);
}

static void write_list(const plan *p, hb_buf *out)
{
    unsigned order[CELLS], n = 0;
    for (unsigned i = 0; i < CELLS; i++) {
        order[i] = i;
        n += p->value[i] != NULL;
    }
    snprintf(space, sizeof space, "storage/%s", p->program);
    qsort(order, CELLS, sizeof *order, by_key);
    hb_buf_append(out, HB_WRITES_MAGIC, 8);
    hb_buf_append_u8(out, (uint8_t)strlen(p->program));
    hb_buf_append(out, p->program, strlen(p->program));
    hb_buf_append_u32(out, n);
    for (unsigned k = 0; k < CELLS; k++) {
        const char *value = p->value[order[k]];
        const uint8_t head[3] = {1, 0, (uint8_t)('0' + order[k])};
        if (!value)
            continue;
        hb_buf_append(out, head, 3);
        hb_buf_append_u8(out, *value != 0);
        if (*value) {
            hb_buf_append_u32(out, (uint32_t)strlen(value));
            hb_buf_append(out, value, strlen(value));
        }
    }
}

/* Root of the registry's record and these cells, from the oracle. */
static void oracle_root(char values[CELLS][16], uint8_t root[32])
{
    ref_ledger_entry e[CELLS + 1] = {0};
    hb_error err = {0};
    hb_buf record = {0};
    bool present;
    size_t n = 1;
    hb_ledger_key(e[0].key, "program", 7, "token", 5);
    ok(hb_state_get(ledger, HB_STATE_LATEST, e[0].key, &present, &record, &err), &err);
    e[0].value = record.data;
    e[0].value_bytes = record.len;
    for (unsigned i = 0; i < CELLS; i++)
        if (*values[i]) {
            cell_key(e[n].key, "storage/token", i);
            e[n].value = (const uint8_t *)values[i];
            e[n++].value_bytes = strlen(values[i]);
        }
    ref_ledger_root(e, n, root);
    hb_buf_free(&record);
}

/* An honest plan for these values; the cells themselves stay as they are. */
static plan honest(const char *a, const char *b)
{
    hb_error err = {0};
    char next[CELLS][16];
    plan p = {.program = "token", .by = &token, .value = {a, b}};
    memcpy(next, cell, sizeof next);
    for (unsigned i = 0; i < CELLS; i++)
        if (p.value[i])
            strcpy(next[i], p.value[i]);
    ok(hb_state_root(ledger, HB_STATE_LATEST, p.before, &err), &err);
    oracle_root(next, p.after);
    return p;
}

static void prove(const plan *p, hb_buf *writes, hb_buf *proof)
{
    uint8_t values[96 + 4] = {[96] = 'm', 'o', 'r', 'e'};
    writes->len = proof->len = 0;
    write_list(p, writes);
    memcpy(values, p->before, 32);
    memcpy(values + 32, p->after, 32);
    hb_blake3_hash(values + 64, writes->data, writes->len);
    echo_program_prove(p->by, values, sizeof values, p->exit_code, proof);
}

static hb_transition transition(const hb_buf *writes, const hb_buf *proof)
{
    static uint64_t now = 1000;
    return (hb_transition){.program = "token", .base_version = HB_STATE_LATEST, .timestamp = now++, .proof = {proof->data, proof->len}, .writes = {writes->data, writes->len}};
}

static void apply_honest(const char *a, const char *b)
{
    hb_error err = {0};
    hb_buf writes = {0}, proof = {0};
    const plan p = honest(a, b);
    uint8_t root[32];
    prove(&p, &writes, &proof);
    const hb_transition t = transition(&writes, &proof);
    ok(hb_state_update(ledger, &t, NULL, &err), &err);
    for (unsigned i = 0; i < CELLS; i++)
        if (p.value[i])
            strcpy(cell[i], p.value[i]);
    ok(hb_state_root(ledger, HB_STATE_LATEST, root, &err), &err);
    assert_memory_equal(root, p.after, 32);
    hb_buf_free(&writes);
    hb_buf_free(&proof);
}

/* Digest of the data file and the head file. */
static void files_digest(uint8_t digest[32])
{
    static const char *const names[] = {"data.mdb", "head"};
    hb_blake3 h;
    hb_blake3_init(&h);
    for (int i = 0; i < 2; i++) {
        char path[96];
        static uint8_t bytes[1 << 16];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        const int fd = open(path, O_RDONLY);
        assert_true(fd >= 0);
        for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
            hb_blake3_update(&h, bytes, (size_t)n);
        close(fd);
    }
    hb_blake3_final(&h, digest);
}

static void refused(const hb_transition *t, hb_reason reason)
{
    uint8_t before[32], after[32];
    hb_error err = {0};
    files_digest(before);
    assert_int_equal(hb_state_update(ledger, t, NULL, &err), HB_REJECTED);
    if (err.reason != reason)
        fail_msg("refused for another reason: %s", err.message);
    files_digest(after);
    assert_memory_equal(before, after, 32);
}

static void refused_plan(const plan *p, hb_reason reason)
{
    hb_buf writes = {0}, proof = {0};
    prove(p, &writes, &proof);
    const hb_transition t = transition(&writes, &proof);
    refused(&t, reason);
    hb_buf_free(&writes);
    hb_buf_free(&proof);
}

static int open_ledger(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/hb_step_XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    memset(cell, 0, sizeof cell);
    hb_program_registration p = {.id = "token", .version = "1.0.0", .uses_state = true};
    memcpy(p.vkey, token.key.vkey, 32);
    const hb_state_change genesis = {.timestamp = 10, .programs = &p, .n_programs = 1};
    hb_error err = {0};
    ok(hb_state_manager_create(dir, &genesis, NULL, &ledger, &err), &err);
    apply_honest("100", "7");
    return 0;
}

static int close_ledger(void **state)
{
    char command[96];
    (void)state;
    hb_state_manager_close(ledger);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 ? 0 : -1;
}

static void honest_steps(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_buf receipt = {0}, proof = {0};
    apply_honest("90", "17");
    apply_honest("", NULL); /* a delete */
    apply_honest("5", "");
    hb_state_check_report report;
    ok(hb_state_check(ledger, true, &report, &err), &err);
    assert_int_equal(report.proofs, 4);
    ok(hb_state_receipt(ledger, 2, &receipt, &proof, &err), &err);
    assert_true(receipt.len && proof.len);
    assert_int_equal(hb_state_receipt(ledger, 0, &receipt, NULL, &err), HB_INVALID_ARGUMENT);
    hb_buf_free(&receipt);
    hb_buf_free(&proof);
}

static void forged_roots_and_writes(void **state)
{
    (void)state;
    plan p = honest("50", "57");
    p.before[3] ^= 1;
    refused_plan(&p, HB_R_PRE_ROOT);
    p = honest("50", "57");
    p.after[31] ^= 1;
    refused_plan(&p, HB_R_POST_ROOT);
    p = honest("50", "57");
    p.value[1] = "58"; /* a coin more than the root says */
    refused_plan(&p, HB_R_POST_ROOT);
    p = honest("50", "57");
    p.program = "other"; /* its cells, in this program's proof */
    refused_plan(&p, HB_R_NAMESPACE);
    hb_buf writes = {0}, proof = {0};
    p = honest("50", "57");
    prove(&p, &writes, &proof);
    hb_transition t = transition(&writes, &proof);
    writes.data[writes.len - 1] ^= 1;
    refused(&t, HB_R_WRITES_DIGEST);
    writes.data[0] ^= 1;
    refused(&t, HB_R_WRITES_FORMAT);
    t.writes = hb_span_of(NULL, 0);
    refused(&t, HB_R_WRITES_FORMAT);
    hb_buf_free(&writes);
    hb_buf_free(&proof);
}

static void other_programs_and_ends(void **state)
{
    (void)state;
    hb_error err = {0};
    plan p = honest("50", "57");
    p.by = &impostor;
    refused_plan(&p, HB_R_WRONG_KEY);
    p = honest("50", "57");
    p.exit_code = 1;
    refused_plan(&p, HB_R_EXIT_CODE);
    hb_buf writes = {0}, proof = {0};
    p = honest("50", "57");
    prove(&p, &writes, &proof);
    hb_transition t = transition(&writes, &proof);
    t.program = "nobody";
    refused(&t, HB_R_PROGRAM_UNKNOWN);
    t.program = "token";
    t.program_version = "0.9.0";
    refused(&t, HB_R_PROGRAM_VERSION);
    t.program_version = "1.0.0";
    proof.data[proof.len / 2] ^= 1;
    assert_int_equal(hb_state_update(ledger, &t, NULL, &err), HB_REJECTED);
    proof.data[proof.len / 2] ^= 1;
    echo_program_prove(&token, "short", 5, 0, (proof.len = 0, &proof));
    t.proof = hb_span_of(proof.data, proof.len);
    refused(&t, HB_R_NO_STATE_VALUES);
    hb_buf_free(&writes);
    hb_buf_free(&proof);
}

static void old_times_versions_and_replays(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_buf writes = {0}, proof = {0};
    const plan p = honest("50", "57");
    prove(&p, &writes, &proof);
    hb_transition t = transition(&writes, &proof);
    const uint64_t now = t.timestamp;
    t.timestamp = 9;
    refused(&t, HB_R_TIMESTAMP);
    t.timestamp = now;
    t.base_version = 0;
    refused(&t, HB_R_STATE_VERSION);
    t.base_version = 1;
    ok(hb_state_update(ledger, &t, NULL, &err), &err);
    t.base_version = HB_STATE_LATEST;
    refused(&t, HB_R_REPLAY);
    ok(hb_state_rollback_to(ledger, 1, now + 1000, NULL, &err), &err); /* even where its pre-root is current again */
    t.timestamp = now + 2000;
    refused(&t, HB_R_REPLAY);
    hb_buf_free(&writes);
    hb_buf_free(&proof);
}

static void a_newer_version_of_the_program(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_buf writes = {0}, proof = {0};
    hb_program_registration r = {.id = "token", .version = "2.0.0", .uses_state = true};
    memcpy(r.vkey, impostor.key.vkey, 32);
    const hb_state_change change = {.timestamp = 2000, .programs = &r, .n_programs = 1};
    ok(hb_state_put(ledger, &change, NULL, &err), &err);
    plan p = honest("50", "57");
    prove(&p, &writes, &proof); /* by version 1.0.0 */
    hb_transition t = transition(&writes, &proof);
    t.timestamp = 3000;
    refused(&t, HB_R_WRONG_KEY);
    t.program_version = "1.0.0";
    refused(&t, HB_R_PROGRAM_VERSION);
    p.by = &impostor; /* which is the program now */
    prove(&p, &writes, &proof);
    t = transition(&writes, &proof);
    t.timestamp = 3000;
    ok(hb_state_update(ledger, &t, NULL, &err), &err);
    hb_buf_free(&writes);
    hb_buf_free(&proof);
}

static void programs_without_state(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_buf proof = {0}, nothing = {0};
    hb_program_registration r = {.id = "oracle", .version = "1.0.0"};
    uint8_t before[32], after[32];
    memcpy(r.vkey, impostor.key.vkey, 32);
    const hb_state_change change = {.timestamp = 5000, .programs = &r, .n_programs = 1};
    ok(hb_state_put(ledger, &change, NULL, &err), &err);
    ok(hb_state_root(ledger, HB_STATE_LATEST, before, &err), &err);
    echo_program_prove(&impostor, "42", 2, 0, &proof);
    hb_transition t = transition(&nothing, &proof);
    t.program = "oracle";
    t.timestamp = 6000;
    ok(hb_state_update(ledger, &t, NULL, &err), &err);
    ok(hb_state_root(ledger, HB_STATE_LATEST, after, &err), &err);
    assert_memory_equal(before, after, 32);
    refused(&t, HB_R_REPLAY);
    hb_buf_free(&proof);
}

/* ---- the auditor ---- */

static void audited(const hb_state_verifier *v, const hb_buf *chain, hb_reason reason)
{
    hb_error err = {0};
    hb_chain_report report;
    const hb_status st = hb_verify_chain(v, hb_span_of(chain->data, chain->len), &report, &err);
    if (st != (reason == HB_R_NONE ? HB_OK : HB_REJECTED) || err.reason != reason)
        fail_msg("the auditor says %s: %s", hb_status_text(st), err.message);
}

/* The last step's commitment replaced by one with another root, everything else (digests too) made to fit. */
static void steal(hb_buf *chain)
{
    hb_reader r = hb_reader_of(chain->data, chain->len);
    const uint8_t *p = NULL;
    uint8_t *root = NULL;
    uint32_t n;
    uint64_t wide;
    assert_true(hb_read_span(&r, 8, &p));
    while (hb_reader_left(&r)) {
        assert_true(hb_read_u32(&r, &n) && hb_read_span(&r, n, &p));
        root = (uint8_t *)(uintptr_t)p + 25;
        assert_true(hb_read_u32(&r, &n) && hb_read_span(&r, n, &p) && hb_read_u64(&r, &wide) && hb_read_span(&r, (size_t)wide, &p));
    }
    root[5] ^= 0x40;
}

static void an_auditor_follows_the_chain(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_buf chain = {0}, commitment = {0};
    hb_state_commitment genesis;
    hb_state_verifier v = {0};
    apply_honest("90", "17");
    apply_honest("60", "47");
    ok(hb_verification_system_create(&v.system, &err), &err);
    ok(hb_state_commitment_bytes(ledger, 0, &commitment, &err), &err);
    ok(hb_state_commitment_parse(commitment.data, commitment.len, &genesis, &err), &err);
    v.genesis = genesis.digest;
    ok(hb_state_chain_export(ledger, 0, HB_STATE_LATEST, &chain, &err), &err);
    audited(&v, &chain, HB_R_NONE);
    const uint8_t other[32] = {1};
    v.genesis = other;
    audited(&v, &chain, HB_R_COMMITMENT_GENESIS);
    v.genesis = genesis.digest;
    steal(&chain);
    audited(&v, &chain, HB_R_POST_ROOT);
    steal(&chain);
    for (size_t cut = 1; cut < 400; cut += 37) {
        chain.len -= cut;
        audited(&v, &chain, HB_R_TRUNCATED);
        chain.len += cut;
    }
    chain.data[chain.len - 3000] ^= 1; /* in the last proof */
    hb_chain_report report;
    assert_int_equal(hb_verify_chain(&v, hb_span_of(chain.data, chain.len), &report, &err), HB_REJECTED);
    assert_int_equal(err.offset, 3);
    const hb_state_change admin = {.timestamp = 5000};
    ok(hb_state_put(ledger, &admin, NULL, &err), &err);
    chain.len = 0;
    ok(hb_state_chain_export(ledger, 0, HB_STATE_LATEST, &chain, &err), &err);
    audited(&v, &chain, HB_R_ADMIN_VERSION);
    v.allow_admin = true;
    audited(&v, &chain, HB_R_NONE);
    hb_verification_system_destroy(v.system);
    hb_buf_free(&chain);
    hb_buf_free(&commitment);
}

#define ISOLATED(test) cmocka_unit_test_setup_teardown(test, open_ledger, close_ledger)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISOLATED(honest_steps),
        ISOLATED(forged_roots_and_writes),
        ISOLATED(other_programs_and_ends),
        ISOLATED(old_times_versions_and_replays),
        ISOLATED(a_newer_version_of_the_program),
        ISOLATED(programs_without_state),
        ISOLATED(an_auditor_follows_the_chain),
    };
    echo_program_make(&token, 0);
    echo_program_make(&impostor, 3);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    echo_program_free(&token);
    echo_program_free(&impostor);
    return failed;
}
