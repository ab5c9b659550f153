/* The store and the state manager: versions, refusals, growth, pruning, files, damage, forks. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/reject.h"
#include "base/testing.h"
#include "ledger/state_manager.h"
#include "ledger/state_proof.h"

static char scratch_dir[64];

static int make_dir(void **state)
{
    (void)state;
    strcpy(scratch_dir, "/tmp/hb_ledger_XXXXXX");
    return mkdtemp(scratch_dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", scratch_dir);
    return system(command) == 0 ? 0 : -1;
}

static void ok(hb_status st, const hb_error *err)
{
    if (st != HB_OK)
        fail_msg("%s: %s", hb_status_text(st), err->message);
}

static void key_of(uint8_t key[32], unsigned i)
{
    char name[16];
    const int n = snprintf(name, sizeof name, "%u", i);
    hb_ledger_key(key, "test", 4, name, (size_t)n);
}

/* Version v holds for key i (0..n) the text "v<version that wrote it>.<i>"; each version writes keys i with i % 7 == v % 7 and deletes i % 7 == (v + 3) % 7. */
static uint64_t step(hb_state_manager *m, uint64_t v, unsigned n)
{
    hb_state_write *w = calloc(n, sizeof *w);
    char(*text)[32] = calloc(n, 32);
    size_t made = 0;
    hb_error err = {0};
    uint64_t version;
    for (unsigned i = 0; i < n; i++)
        if (i % 7 == v % 7 || i % 7 == (v + 3) % 7) {
            key_of(w[made].key, i);
            if (i % 7 == v % 7) {
                snprintf(text[made], 32, "v%u.%u", (unsigned)v, i);
                w[made].value = text[made];
                w[made].value_bytes = strlen(text[made]);
            }
            made++;
        }
    const hb_state_change change = {.timestamp = 100 + v, .writes = w, .n_writes = made};
    ok(hb_state_put(m, &change, &version, &err), &err);
    free(w);
    free(text);
    return version;
}

/* What key i is at version v, if versions 1..v were made by step. */
static bool expected(uint64_t v, unsigned i, char text[32])
{
    for (; v > 0; v--) {
        if (i % 7 == v % 7) {
            snprintf(text, 32, "v%u.%u", (unsigned)v, i);
            return true;
        }
        if (i % 7 == (v + 3) % 7)
            return false;
    }
    return false;
}

static void assert_version(hb_state_manager *m, uint64_t v, unsigned n)
{
    hb_error err = {0};
    hb_buf value = {0};
    for (unsigned i = 0; i < n; i++) {
        uint8_t key[32];
        char text[32];
        bool present;
        key_of(key, i);
        value.len = 0;
        ok(hb_state_get(m, v, key, &present, &value, &err), &err);
        const bool there = expected(v, i, text);
        assert_int_equal(present, there);
        if (there) {
            assert_int_equal(value.len, strlen(text));
            assert_memory_equal(value.data, text, value.len);
        }
    }
    hb_buf_free(&value);
}

static hb_state_manager *make(const hb_state_options *options)
{
    hb_state_manager *m;
    hb_error err = {0};
    ok(hb_state_manager_create(scratch_dir, NULL, options, &m, &err), &err);
    return m;
}

static hb_state_manager *reopen(hb_state_manager *m, const hb_state_options *options)
{
    hb_error err = {0};
    hb_state_manager_close(m);
    ok(hb_state_manager_open(scratch_dir, options, &m, &err), &err);
    return m;
}

static void assert_check(hb_state_manager *m)
{
    hb_state_check_report report;
    hb_error err = {0};
    ok(hb_state_check(m, true, &report, &err), &err);
}

static void versions_stay_readable_until_pruned(void **state)
{
    (void)state;
    enum { N = 60, V = 12 };
    static const hb_state_options caching = {.enable_state_caching = true};
    hb_error err = {0};
    uint8_t key[32], root[32];
    hb_buf value = {0};
    bool present;
    hb_state_manager *m = make(NULL);
    for (uint64_t v = 1; v <= V; v++)
        assert_int_equal(step(m, v, N), v);
    for (int cached = 0; cached < 2; cached++) {
        m = reopen(m, cached ? &caching : NULL);
        for (int twice = 0; twice < 2; twice++)
            for (uint64_t v = 0; v <= V; v++)
                assert_version(m, v, N);
    }
    assert_check(m);
    ok(hb_state_prune(m, 5, &err), &err);
    key_of(key, 1);
    assert_int_equal(hb_state_get(m, 4, key, &present, &value, &err), HB_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "pruned"));
    assert_int_equal(hb_state_get(m, V + 1, key, &present, &value, &err), HB_INVALID_ARGUMENT);
    ok(hb_state_root(m, 2, root, &err), &err); /* commitments stay */
    for (uint64_t v = 5; v <= V; v++)
        assert_version(m, v, N);
    assert_check(m);
    assert_int_equal(hb_state_prune(m, V + 1, &err), HB_INVALID_ARGUMENT);
    ok(hb_state_prune(m, V, &err), &err);
    assert_version(m, V, N);
    /* Only what the last version uses is left. */
    hb_state_check_report report;
    ok(hb_state_check(m, false, &report, &err), &err);
    size_t there = 0;
    char text[32];
    for (unsigned i = 0; i < N; i++)
        there += expected(V, i, text);
    assert_int_equal(report.values, there);
    hb_buf_free(&value);
    hb_state_manager_close(m);
}

static hb_status collect(void *ctx, const void *data, size_t n, hb_error *err)
{
    (void)err;
    return hb_buf_append(ctx, data, n);
}

static void export_import_rollback(void **state)
{
    (void)state;
    enum { N = 40 };
    hb_error err = {0};
    hb_buf file = {0}, again = {0};
    uint8_t old_root[32], root[32];
    uint64_t version;
    hb_state_manager *m = make(NULL);
    for (uint64_t v = 1; v <= 6; v++)
        step(m, v, N);
    ok(hb_state_root(m, 3, old_root, &err), &err);
    ok(hb_state_export(m, 3, collect, &file, &err), &err);
    ok(hb_state_rollback_to(m, 3, 200, &version, &err), &err);
    assert_int_equal(version, 7);
    ok(hb_state_root(m, 7, root, &err), &err);
    assert_memory_equal(root, old_root, 32);
    assert_version(m, 3, N);
    assert_version(m, 6, N);
    step(m, 1000, N);
    ok(hb_state_import(m, file.data, file.len, 2000, &version, &err), &err);
    ok(hb_state_root(m, version, root, &err), &err);
    assert_memory_equal(root, old_root, 32);
    ok(hb_state_prune(m, version, &err), &err); /* what was rolled back to is not dropped with its first version */
    ok(hb_state_root(m, version, root, &err), &err);
    assert_check(m);
    ok(hb_state_export(m, HB_STATE_LATEST, collect, &again, &err), &err);
    for (size_t i = 0; i < file.len; i += 1 + file.len / 150) {
        file.data[i] ^= 4;
        assert_int_equal(hb_state_import(m, file.data, file.len, 3000, NULL, &err), HB_INVALID_ARGUMENT);
        file.data[i] ^= 4;
    }
    for (size_t i = 0; i < file.len; i += 13)
        assert_int_equal(hb_state_import(m, file.data, i, 3000, NULL, &err), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_state_rollback_to(m, 3, 5000, NULL, &err), HB_INVALID_ARGUMENT); /* pruned */
    hb_buf_free(&file);
    hb_buf_free(&again);
    hb_state_manager_close(m);
}

static void refusals(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_state_manager *m = make(NULL), *other;
    uint64_t oldest, latest;
    step(m, 1, 20);
    assert_int_equal(hb_state_manager_create(scratch_dir, NULL, NULL, &other, &err), HB_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "already"));
    assert_int_equal(hb_state_manager_open("/tmp/hb_no_such_ledger", NULL, &other, &err), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_state_manager_open("/tmp", NULL, &other, &err), HB_INVALID_ARGUMENT);
    const hb_state_change old = {.timestamp = 50};
    assert_int_equal(hb_state_put(m, &old, NULL, &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_TIMESTAMP);
    hb_state_write twice[2] = {{.key = {1}, .value = "a", .value_bytes = 1}, {.key = {1}, .value = "b", .value_bytes = 1}};
    const hb_state_change repeated = {.timestamp = 500, .writes = twice, .n_writes = 2};
    assert_int_equal(hb_state_put(m, &repeated, NULL, &err), HB_INVALID_ARGUMENT);
    const hb_metadata unordered[] = {{"b", ""}, {"a", ""}};
    const hb_state_change metadata = {.timestamp = 500, .metadata = unordered, .n_metadata = 2};
    assert_int_equal(hb_state_put(m, &metadata, NULL, &err), HB_INVALID_ARGUMENT);
    ok(hb_state_versions(m, &oldest, &latest, &err), &err);
    assert_int_equal(latest, 1);
    const hb_state_options read_only = {.read_only = true};
    m = reopen(m, &read_only);
    assert_version(m, 1, 20);
    const hb_state_change change = {.timestamp = 900};
    assert_int_equal(hb_state_put(m, &change, NULL, &err), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_state_manager_open(scratch_dir, NULL, &other, &err), HB_INVALID_ARGUMENT); /* this process has it read-only */
    hb_state_manager_close(m);
}

/* Handles of one process share the environment, whichever is closed first; another process is kept out of none of it. */
static void two_handles(void **state)
{
    (void)state;
    const hb_state_options read_only = {.read_only = true};
    hb_error err = {0};
    hb_state_manager *a = make(NULL), *b, *c;
    ok(hb_state_manager_open(scratch_dir, NULL, &b, &err), &err);
    ok(hb_state_manager_open(scratch_dir, &read_only, &c, &err), &err);
    assert_true(hb_state_manager_store(a) == hb_state_manager_store(b));
    step(a, 1, 20);
    hb_state_manager_close(a);
    step(b, 2, 20);
    const hb_state_change change = {.timestamp = 900};
    assert_int_equal(hb_state_put(c, &change, NULL, &err), HB_INVALID_ARGUMENT);
    hb_state_manager_close(b);
    assert_version(c, 2, 20);
    hb_state_manager_close(c);
    a = reopen(NULL, NULL);
    step(a, 3, 20);
    hb_state_manager_close(a);
}

/* A reader that is killed in the middle of reading must not keep old pages alive: the data file stops growing once it is gone. */
static hb_status never_end(void *ctx, const uint8_t key[32], hb_span value, hb_error *err)
{
    (void)key, (void)value, (void)err;
    if (write(*(int *)ctx, "x", 1) == 1)
        pause();
    return HB_OK;
}

static void dead_readers_are_cleaned_up(void **state)
{
    (void)state;
    hb_error err = {0};
    int pipes[2], status;
    char byte;
    hb_state_manager *m = make(NULL);
    for (uint64_t v = 1; v <= 3; v++)
        step(m, v, 60);
    assert_int_equal(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) {
        hb_state_manager *own;
        if (hb_state_manager_open(scratch_dir, NULL, &own, &err) == HB_OK)
            hb_state_each(own, 3, never_end, &pipes[1], &err);
        _exit(1);
    }
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    uint64_t early = 0; /* this handle stays open: nothing but its own looking around cleans up */
    for (uint64_t v = 4; v <= 240; v++) {
        step(m, v, 60);
        ok(hb_state_prune(m, v, &err), &err);
        early = v == 80 ? hb_store_file_bytes(hb_state_manager_store(m)) : early;
    }
    /* Commitments stay, so it grows a little; every version's pages kept would be megabytes. */
    assert_in_range(hb_store_file_bytes(hb_state_manager_store(m)), 0, early + 300000);
    assert_version(m, 240, 60);
    hb_state_manager_close(m);
    close(pipes[0]);
    close(pipes[1]);
}

static void registry(void **state)
{
    (void)state;
    hb_error err = {0};
    const char *const needs[] = {"base 1.0.0"};
    hb_program_registration p[2] = {{.id = "token", .version = "1.0.0", .vkey = {7}, .uses_state = true, .dependencies = needs, .n_dependencies = 1},
                                    {.id = "base", .version = "1.0.0", .vkey = {8}}};
    hb_state_change change = {.timestamp = 1, .programs = p, .n_programs = 1};
    hb_buf bytes = {0};
    hb_state_commitment c;
    hb_program_ref ref;
    uint8_t vkey[32];
    hb_state_manager *m = make(NULL);
    assert_int_equal(hb_state_put(m, &change, NULL, &err), HB_INVALID_ARGUMENT); /* base is not there */
    assert_non_null(strstr(err.message, "base 1.0.0"));
    change.programs = p + 1;
    ok(hb_state_put(m, &change, NULL, &err), &err);
    change.programs = p;
    ok(hb_state_put(m, &change, NULL, &err), &err);
    assert_int_equal(hb_state_put(m, &change, NULL, &err), HB_INVALID_ARGUMENT); /* the same version twice */
    p[0].version = "1.1.0";
    p[0].vkey[0] = 9;
    ok(hb_state_put(m, &change, NULL, &err), &err);
    ok(hb_registry_key(m, "token", "1.0.0", vkey, &err), &err);
    assert_int_equal(vkey[0], 7);
    ok(hb_registry_key(m, "token", "1.1.0", vkey, &err), &err);
    assert_int_equal(vkey[0], 9);
    assert_int_equal(hb_registry_key(m, "token", "2.0.0", vkey, &err), HB_INVALID_ARGUMENT);
    ok(hb_state_commitment_bytes(m, HB_STATE_LATEST, &bytes, &err), &err);
    ok(hb_state_commitment_parse(bytes.data, bytes.len, &c, &err), &err);
    assert_int_equal(c.n_programs, 2);
    assert_true(hb_commitment_find_program(&c, (hb_text){"token", 5}, &ref));
    assert_memory_equal(ref.version.data, "1.1.0", 5);
    assert_int_equal(ref.flags, HB_PROGRAM_USES_STATE);
    /* The record cannot be written past the registry. */
    hb_state_write w = {.value = "x", .value_bytes = 1};
    hb_ledger_key(w.key, "program", 7, "token", 5);
    const hb_state_change past = {.timestamp = 1, .writes = &w, .n_writes = 1};
    assert_int_equal(hb_state_put(m, &past, NULL, &err), HB_INVALID_ARGUMENT);
    p[0].id = "No Id";
    assert_int_equal(hb_state_put(m, &change, NULL, &err), HB_INVALID_ARGUMENT);
    ok(hb_state_rollback_to(m, 2, 5, NULL, &err), &err);
    assert_int_equal(hb_registry_key(m, "token", "1.1.0", vkey, &err), HB_INVALID_ARGUMENT);
    assert_check(m);
    hb_buf_free(&bytes);
    hb_state_manager_close(m);
}

static void proofs_of_all_versions(void **state)
{
    (void)state;
    enum { N = 50 };
    hb_error err = {0};
    const hb_state_options caching = {.enable_state_caching = true, .cache_bytes = 1 << 20};
    hb_buf plain = {0}, cached = {0};
    uint8_t root[32], key[1][32];
    char text[32];
    hb_state_manager *m = make(NULL);
    for (uint64_t v = 1; v <= 5; v++)
        step(m, v, N);
    hb_state_manager *second;
    ok(hb_state_manager_open(scratch_dir, &caching, &second, &err), &err);
    for (int round = 0; round < 2; round++)
        for (uint64_t v = 0; v <= 5; v++)
            for (unsigned i = 0; i < N + 5; i++) {
                key_of(key[0], i);
                plain.len = cached.len = 0;
                ok(hb_state_root(m, v, root, &err), &err);
                ok(hb_state_prove(m, v, (const uint8_t(*)[32])key, 1, &plain, &err), &err);
                ok(hb_state_prove(second, v, (const uint8_t(*)[32])key, 1, &cached, &err), &err);
                assert_int_equal(plain.len, cached.len);
                assert_memory_equal(plain.data, cached.data, plain.len);
                const bool there = i < N && expected(v, i, text);
                ok(hb_verify_merkle_proof(plain.data, plain.len, root, key[0], there ? text : NULL, there ? strlen(text) : 0, &err), &err);
                assert_int_equal(hb_verify_merkle_proof(plain.data, plain.len, root, key[0], there ? NULL : text, 1, &err), HB_REJECTED);
            }
    hb_buf_free(&plain);
    hb_buf_free(&cached);
    hb_state_manager_close(second);
    hb_state_manager_close(m);
}

static void the_map_grows(void **state)
{
    (void)state;
    const hb_state_options small = {.map_bytes = 1 << 20}, limited = {.map_bytes = 1 << 20, .map_bytes_max = 3 << 20};
    hb_error err = {0};
    static uint8_t big[1 << 20];
    hb_state_write w = {.value = big, .value_bytes = sizeof big};
    const hb_state_change change = {.timestamp = 1, .writes = &w, .n_writes = 1};
    hb_state_manager *m = make(&small);
    hb_state_manager *other;
    uint64_t latest, oldest;
    ok(hb_state_manager_open(scratch_dir, &small, &other, &err), &err);
    for (int i = 0; i < 6; i++) {
        w.key[0] = (uint8_t)i;
        ok(hb_state_put(i & 1 ? other : m, &change, NULL, &err), &err); /* one finds that the other's has grown */
    }
    assert_check(other);
    hb_state_manager_close(m);
    hb_state_manager_close(other);
    remove_dir(NULL);
    make_dir(NULL);
    m = make(&limited);
    hb_status st = HB_OK;
    int done = 0;
    for (; done < 10 && st == HB_OK; done += st == HB_OK) {
        w.key[0] = (uint8_t)done;
        st = hb_state_put(m, &change, NULL, &err);
    }
    assert_int_equal(st, HB_LIMIT);
    ok(hb_state_versions(m, &oldest, &latest, &err), &err);
    assert_int_equal(latest, done);
    assert_check(m);
    hb_state_manager_close(m);
}

static void not_across_a_fork(void **state)
{
    (void)state;
    hb_state_manager *m = make(NULL);
    step(m, 1, 10);
    const pid_t child = fork();
    if (child == 0) {
        uint8_t root[32];
        hb_error err = {0};
        hb_state_manager *own;
        const bool refused = hb_state_root(m, HB_STATE_LATEST, root, &err) == HB_INVALID_ARGUMENT && strstr(err.message, "fork");
        const bool opened = hb_state_manager_open(scratch_dir, NULL, &own, &err) == HB_OK && hb_state_root(own, HB_STATE_LATEST, root, &err) == HB_OK;
        hb_state_manager_close(m);
        hb_state_manager_close(own);
        _exit(refused && opened ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_version(m, 1, 10); /* and the child's closing did no harm */
    step(m, 2, 10);
    assert_check(m);
    hb_state_manager_close(m);
}

static void network_file_systems(void **state)
{
    (void)state;
    assert_string_equal(hb_store_refused_file_system(0x6969), "NFS");
    assert_string_equal(hb_store_refused_file_system((long)(int32_t)0xff534d42), "CIFS");
    assert_null(hb_store_refused_file_system(0xef53)); /* ext4 */
    assert_null(hb_store_refused_file_system(0x01021994)); /* tmpfs */
}

/* The data file is put back to an earlier state: the head file knows better. */
static void lost_versions_are_noticed(void **state)
{
    (void)state;
    char command[256], path[96];
    hb_error err = {0};
    hb_state_manager *m = make(NULL);
    step(m, 1, 10);
    hb_state_manager_close(m);
    snprintf(command, sizeof command, "cp %s/data.mdb %s/old", scratch_dir, scratch_dir);
    assert_int_equal(system(command), 0);
    ok(hb_state_manager_open(scratch_dir, NULL, &m, &err), &err);
    step(m, 2, 10);
    hb_state_manager_close(m);
    snprintf(command, sizeof command, "cp %s/old %s/data.mdb", scratch_dir, scratch_dir);
    assert_int_equal(system(command), 0);
    assert_int_equal(hb_state_manager_open(scratch_dir, NULL, &m, &err), HB_IO);
    assert_non_null(strstr(err.message, "damaged"));
    snprintf(path, sizeof path, "%s/head", scratch_dir);
    assert_int_equal(unlink(path), 0);
    ok(hb_state_manager_open(scratch_dir, NULL, &m, &err), &err);
    assert_version(m, 1, 10);
    hb_state_manager_close(m);
}

#define ISOLATED(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISOLATED(versions_stay_readable_until_pruned), ISOLATED(export_import_rollback), ISOLATED(refusals),
        ISOLATED(registry),                            ISOLATED(proofs_of_all_versions), ISOLATED(the_map_grows),
        ISOLATED(not_across_a_fork),                   cmocka_unit_test(network_file_systems), ISOLATED(lost_versions_are_noticed),
        ISOLATED(two_handles),                         ISOLATED(dead_readers_are_cleaned_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
