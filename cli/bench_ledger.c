/* hauptbuch bench --ledger [--keys N] [--dir DIR] [--json]: a ledger of N keys (default a million) in batches of 100,000, then commits of 1,000 updates, single-key proofs
 * and their verification. The directory must not exist; it is removed afterwards. */
#include "cli/bench_ledger.h"

#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "ledger/state_manager.h"
#include "ledger/state_proof.h"

static const char usage[] = "usage: hauptbuch bench --ledger [--keys N] [--dir DIR] [--json]\n"
                            "  --keys N   entries of the ledger (default 1000000)\n"
                            "  --dir DIR  where it is made; must not exist, is removed afterwards (default ./ledger-bench)\n";

enum { BATCH = 100000, UPDATES = 1000, COMMITS = 30, PROOFS = 20000, VALUE = 32 };

typedef struct figures {
    double insert_per_s, insert_cpu_us, update_cpu_ms, last_batch_per_s, update_median_ms, update_max_ms, proof_cold_us, proof_us, proof_cached_us, verify_us, open_ms;
    double file_bytes_per_key, proof_bytes;
} figures;

typedef struct bench {
    const char *dir;
    uint64_t n;
    hb_state_manager *m;
    figures f;
    hb_error err;
    uint64_t rng, clock;
} bench;

static double clock_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double now(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

/* Of this process: proofs and their verification wait for nothing, and this is the same on a busy machine. */
static double cpu(void)
{
    return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

static uint64_t next(bench *b)
{
    b->rng ^= b->rng << 13;
    b->rng ^= b->rng >> 7;
    b->rng ^= b->rng << 17;
    return b->rng;
}

static void key_of(uint8_t key[32], uint64_t i)
{
    hb_ledger_key(key, "bench", 5, &i, sizeof i);
}

/* Entries first..first+n in one version. */
static hb_status put(bench *b, const uint64_t *which, uint64_t first, size_t n)
{
    hb_state_write *w = calloc(n, sizeof *w);
    uint64_t(*values)[VALUE / 8] = calloc(n, VALUE);
    hb_status st = w && values ? HB_OK : HB_OUT_OF_MEMORY;
    for (size_t i = 0; st == HB_OK && i < n; i++) {
        key_of(w[i].key, which ? which[i] : first + i);
        for (int k = 0; k < VALUE / 8; k++)
            values[i][k] = next(b);
        w[i].value = values[i];
        w[i].value_bytes = VALUE;
    }
    const hb_state_change change = {.timestamp = b->clock, .writes = w, .n_writes = n};
    const double begin = now();
    if (st == HB_OK)
        st = hb_state_put(b->m, &change, NULL, &b->err);
    b->f.last_batch_per_s = (double)n / (now() - begin);
    free(w);
    free(values);
    return st;
}

static hb_status insert(bench *b)
{
    double spent = 0;
    const double cpu_begin = cpu();
    hb_status st = HB_OK;
    for (uint64_t at = 0; st == HB_OK && at < b->n; at += BATCH) {
        const uint64_t n = b->n - at < BATCH ? b->n - at : BATCH;
        st = put(b, NULL, at, n);
        spent += (double)n / b->f.last_batch_per_s;
    }
    b->f.insert_per_s = (double)b->n / spent;
    b->f.insert_cpu_us = 1e6 * (cpu() - cpu_begin) / (double)b->n;
    b->f.file_bytes_per_key = (double)hb_store_file_bytes(hb_state_manager_store(b->m)) / (double)b->n;
    return st;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static hb_status update(bench *b)
{
    double ms[COMMITS];
    const double batch = b->f.last_batch_per_s, cpu_begin = cpu();
    uint64_t which[UPDATES];
    hb_status st = HB_OK;
    for (int c = 0; st == HB_OK && c < COMMITS; c++) {
        /* Distinct: one of each of UPDATES equal parts. */
        for (uint64_t i = 0; i < UPDATES; i++)
            which[i] = (i * b->n + next(b) % b->n) / UPDATES;
        st = put(b, which, 0, b->n < UPDATES ? b->n : UPDATES);
        ms[c] = 1e3 * UPDATES / b->f.last_batch_per_s;
    }
    b->f.update_cpu_ms = 1e3 * (cpu() - cpu_begin) / COMMITS;
    qsort(ms, COMMITS, sizeof *ms, ascending);
    b->f.update_median_ms = ms[COMMITS / 2];
    b->f.update_max_ms = ms[COMMITS - 1];
    b->f.last_batch_per_s = batch;
    return st;
}

/* Microseconds a proof over keys drawn at random. */
static hb_status prove(bench *b, double *us, size_t rounds)
{
    hb_buf proof = {0};
    hb_status st = HB_OK;
    double spent = 0, bytes = 0;
    for (size_t i = 0; st == HB_OK && i < rounds; i++) {
        uint8_t key[1][32];
        key_of(key[0], next(b) % b->n);
        proof.len = 0;
        const double begin = cpu();
        st = hb_state_prove(b->m, HB_STATE_LATEST, (const uint8_t(*)[32])key, 1, &proof, &b->err);
        spent += cpu() - begin;
        bytes += (double)proof.len;
    }
    *us = 1e6 * spent / (double)rounds;
    b->f.proof_bytes = bytes / (double)rounds;
    hb_buf_free(&proof);
    return st;
}

static hb_status verify(bench *b)
{
    uint8_t root[32];
    hb_buf proof = {0}, value = {0};
    bool present;
    double spent = 0;
    hb_status st = hb_state_root(b->m, HB_STATE_LATEST, root, &b->err);
    for (size_t i = 0; st == HB_OK && i < PROOFS / 4; i++) {
        uint8_t key[1][32];
        key_of(key[0], next(b) % b->n);
        proof.len = value.len = 0;
        st = hb_state_prove(b->m, HB_STATE_LATEST, (const uint8_t(*)[32])key, 1, &proof, &b->err);
        if (st == HB_OK)
            st = hb_state_get(b->m, HB_STATE_LATEST, key[0], &present, &value, &b->err);
        const double begin = cpu();
        if (st == HB_OK)
            st = hb_verify_merkle_proof(proof.data, proof.len, root, key[0], value.data, value.len, &b->err);
        spent += cpu() - begin;
    }
    b->f.verify_us = 1e6 * spent / (PROOFS / 4);
    hb_buf_free(&proof);
    hb_buf_free(&value);
    return st;
}

static hb_status reopen(bench *b, bool caching)
{
    const hb_state_options options = {.enable_state_caching = caching, .cache_bytes = (size_t)1 << 30};
    hb_state_manager_close(b->m);
    b->m = NULL;
    const double begin = now();
    const hb_status st = hb_state_manager_open(b->dir, &options, &b->m, &b->err);
    b->f.open_ms = 1e3 * (now() - begin);
    return st;
}

static hb_status measure(bench *b)
{
    double unused;
    hb_status st = hb_state_manager_create(b->dir, NULL, NULL, &b->m, &b->err);
    if (st == HB_OK)
        st = insert(b);
    if (st == HB_OK)
        st = update(b);
    if (st == HB_OK)
        st = reopen(b, false);
    if (st == HB_OK)
        st = prove(b, &b->f.proof_us, PROOFS);
    if (st == HB_OK)
        st = verify(b);
    if (st == HB_OK)
        st = reopen(b, true);
    if (st == HB_OK)
        st = prove(b, &b->f.proof_cold_us, PROOFS);
    if (st == HB_OK)
        st = prove(b, &unused, 10 * PROOFS);
    return st == HB_OK ? prove(b, &b->f.proof_cached_us, PROOFS) : st;
}

static void print(const bench *b, bool json)
{
    const figures *f = &b->f;
    if (json) {
        printf("{\"keys\": %llu, \"insert_keys_per_s\": %.0f, \"last_batch_keys_per_s\": %.0f, \"update_1000_median_ms\": %.2f, \"update_1000_max_ms\": %.2f, "
               "\"insert_cpu_us_per_key\": %.3f, \"update_1000_cpu_ms\": %.2f, "
               "\"proof_us\": %.2f, \"proof_cached_us\": %.2f, \"proof_filling_cache_us\": %.2f, \"proof_bytes\": %.0f, \"verify_us\": %.2f, \"open_ms\": %.2f, "
               "\"file_bytes_per_key\": %.1f}\n",
               (unsigned long long)b->n, f->insert_per_s, f->last_batch_per_s, f->update_median_ms, f->update_max_ms, f->insert_cpu_us, f->update_cpu_ms, f->proof_us, f->proof_cached_us, f->proof_cold_us,
               f->proof_bytes, f->verify_us, f->open_ms, f->file_bytes_per_key);
        return;
    }
    printf("ledger of %llu keys, values of %d bytes\n", (unsigned long long)b->n, VALUE);
    printf("  insert, batches of %d      %10.0f keys/s (the last one %.0f; %.2f us of processor time a key)\n", BATCH, f->insert_per_s, f->last_batch_per_s, f->insert_cpu_us);
    printf("  commit of %d updates         %10.2f ms (median; slowest %.2f; %.2f ms of processor time)\n", UPDATES, f->update_median_ms, f->update_max_ms, f->update_cpu_ms);
    printf("  proof of one key               %10.2f us (with state caching %.2f, while it fills %.2f), %.0f bytes; processor time\n", f->proof_us, f->proof_cached_us, f->proof_cold_us,
           f->proof_bytes);
    printf("  verifying it                   %10.2f us of processor time\n", f->verify_us);
    printf("  opening                        %10.2f ms\n", f->open_ms);
    printf("  data file                      %10.1f bytes a key (after the inserts)\n", f->file_bytes_per_key);
}

static void remove_ledger(const char *dir)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "head"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = hb_cli_format("%s/%s", dir, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(dir);
}

int hb_cli_bench_ledger(int argc, char **argv)
{
    static const struct option options[] = {{"ledger", no_argument, NULL, 'l'}, {"keys", required_argument, NULL, 'k'}, {"dir", required_argument, NULL, 'd'},
                                            {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    bench b = {.dir = "ledger-bench", .n = 1000000, .rng = UINT64_C(0x9e3779b97f4a7c15), .clock = 1};
    bool json = false;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bool good = true;
        switch (c) {
        case 'l': break;
        case 'k': good = hb_cli_parse_number(optarg, 100000000, &b.n) && b.n >= UPDATES; break;
        case 'd': b.dir = optarg; break;
        case 'j': json = true; break;
        case 'h': fputs(usage, stdout); return HB_EXIT_YES;
        default: good = false;
        }
        if (!good) {
            fputs(usage, stderr);
            return HB_EXIT_USAGE;
        }
    }
    if (optind != argc) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE;
    }
    if (access(b.dir, F_OK) == 0) {
        hb_cli_complain("bench", "%s exists; give a --dir that does not", b.dir);
        return HB_EXIT_USAGE;
    }
    const hb_status st = measure(&b);
    hb_state_manager_close(b.m);
    remove_ledger(b.dir);
    if (st != HB_OK) {
        hb_cli_complain("bench", "%s: %s", hb_status_text(st), b.err.message);
        return HB_EXIT_ENVIRONMENT;
    }
    print(&b, json);
    return HB_EXIT_YES;
}
