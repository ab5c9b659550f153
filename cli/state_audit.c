/* hauptbuch state verify, check. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_files.h"
#include "cli/state_cli.h"
#include "hash/blake3.h"

static int by_key(const void *a, const void *b)
{
    return memcmp(((const hb_state_cell *)a)->key, ((const hb_state_cell *)b)->key, 32);
}

/* KEY=VALUE: there with this value; KEY: absent. */
static int read_claim(const char *text, hb_state_cell *cell)
{
    char *copy = hb_cli_format("%s", text), *equal = strchr(copy, '=');
    hb_buf value = {0};
    int status = 0;
    if (equal)
        *equal = 0;
    memset(cell, 0, sizeof *cell);
    if (!hb_state_cli_key(copy, cell->key)) {
        hb_cli_complain("state", "'%s' is not KEY or KEY=VALUE", text);
        status = HB_EXIT_USAGE;
    } else if (equal && !(status = hb_state_cli_value(equal + 1, &value))) {
        cell->before_present = true;
        hb_blake3_hash(cell->before_hash, value.data, value.len);
    }
    hb_buf_free(&value);
    free(copy);
    return status;
}

static int verify_cells(const hb_state_cli *a, const uint8_t root[32])
{
    const size_t n = (size_t)a->n_rest;
    const hb_state_verifier verifier = {0};
    hb_state_cell *cells = calloc(n + 1, sizeof *cells);
    hb_buf file = {0};
    hb_error err = {0};
    int status = cells ? hb_cli_read_file("state", a->proof, &file) : HB_EXIT_ENVIRONMENT;
    for (size_t i = 0; !status && i < n; i++)
        status = read_claim(a->rest[i], &cells[i]);
    if (!status) {
        qsort(cells, n, sizeof *cells, by_key);
        const hb_state_proof proof = {.merkle = {file.len ? file.data : (const uint8_t *)"", file.len}, .cells = cells, .n_cells = n};
        const hb_status st = hb_verify_state_proof(&verifier, root, &proof, NULL, &err);
        status = st == HB_OK ? HB_EXIT_YES : hb_state_cli_failed(a, st, &err);
    }
    if (!status)
        printf(a->json ? "{\"valid\": true, \"keys\": %zu}\n" : "valid: %zu keys\n", n);
    hb_buf_free(&file);
    free(cells);
    return status;
}

static int verify_chain(const hb_state_cli *a)
{
    hb_state_verifier v = {.allow_admin = a->allow_admin};
    uint8_t genesis[32];
    hb_chain_report r;
    hb_buf file = {0};
    hb_error err = {0};
    if (a->genesis && !hb_state_cli_digest(a->genesis, genesis)) {
        hb_cli_complain("state", "--genesis takes the commitment digest of the first version, 64 hexadecimal digits");
        return HB_EXIT_USAGE;
    }
    v.genesis = a->genesis ? genesis : NULL;
    int status = hb_cli_read_file("state", a->chain, &file);
    hb_status st = status ? HB_IO : hb_verification_system_create(&v.system, &err);
    if (st == HB_OK)
        st = hb_verify_chain(&v, hb_span_of(file.data, file.len), &r, &err);
    if (!status && st != HB_OK) {
        status = hb_state_cli_failed(a, st, &err);
        if (st == HB_REJECTED)
            fprintf(stderr, "at version %" PRIu64 "\n", err.offset);
    } else if (!status) {
        printf(a->json ? "{\"valid\": true, \"first\": %" PRIu64 ", \"last\": %" PRIu64 ", \"proofs\": %" PRIu64 ", \"root\": \"" :
                         "valid: versions %" PRIu64 " to %" PRIu64 ", %" PRIu64 " proofs; root ",
               r.first, r.last, r.proofs);
        hb_state_cli_print_digest(r.last_root);
        puts(a->json ? "\"}" : "");
        if (!a->genesis)
            fputs("note: without --genesis the chain's own first commitment was taken as the start\n", stderr);
    }
    hb_verification_system_destroy(v.system);
    hb_buf_free(&file);
    return status;
}

int hb_state_cli_verify(hb_state_cli *a)
{
    uint8_t root[32];
    if (a->chain && !a->root && !a->proof && a->n_rest == 0)
        return verify_chain(a);
    if (a->chain || !a->root || !a->proof || a->n_rest == 0) {
        hb_cli_complain("state", "verify takes --chain FILE, or --root HEX --proof FILE and keys");
        return HB_EXIT_USAGE;
    }
    if (!hb_state_cli_digest(a->root, root)) {
        hb_cli_complain("state", "--root takes 64 hexadecimal digits");
        return HB_EXIT_USAGE;
    }
    return verify_cells(a, root);
}

int hb_state_cli_check(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_state_check_report r;
    hb_error err = {0};
    int status = hb_state_cli_open(a, true, &m);
    if (status)
        return status;
    const hb_status st = hb_state_check(m, a->proofs, &r, &err);
    if (st != HB_OK)
        status = hb_state_cli_failed(a, st, &err);
    else
        printf(a->json ? "{\"sound\": true, \"versions\": %" PRIu64 ", \"pages\": %" PRIu64 ", \"values\": %" PRIu64 ", \"receipts\": %" PRIu64 ", \"proofs\": %" PRIu64 "}\n" :
                         "sound: %" PRIu64 " versions, %" PRIu64 " pages, %" PRIu64 " values, %" PRIu64 " receipts, %" PRIu64 " proofs\n",
               r.versions, r.pages, r.values, r.receipts, r.proofs);
    hb_state_manager_close(m);
    return status;
}
