/* A proof file: one proof of kind `single`, or the proofs of a run in shards, read twice: once for what ties them together (docs/protocol.md 14), once to
 * verify each. */
#include "machine/machine_verify.h"

#include <string.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "hash/blake3.h"
#include "hash/sha256.h"
#include "machine/run.h"
#include "machine/shard_verify.h"
#include "rv/rvprogram.h"

/* Any exit code was wanted by name; the proven one must be it. */
static hb_status check_request(const hb_machine_airs *airs, const hb_proof_view *view, const hb_verify_request *request, hb_error *err)
{
    uint8_t vkey[32];
    hb_vkey_digest(&view->part, airs->digest, vkey);
    if (memcmp(vkey, request->vkey, sizeof vkey) != 0)
        return HB_REJECT(err, HB_R_WRONG_KEY);
    return view->statement.exit_code == request->exit_code ? HB_OK : HB_REJECT(err, HB_R_EXIT_CODE);
}

/* The SDK commits the SHA-256 of the public bytes; a guest may choose BLAKE3. */
static hb_status check_public_bytes(const hb_proof_view *view, hb_error *err)
{
    uint8_t committed[32], digest[32];
    for (int i = 0; i < 8; i++)
        hb_store_le32(committed + 4 * i, view->statement.public_digest[i]);
    hb_sha256_hash(digest, view->public_bytes, (size_t)view->n_public_bytes);
    if (memcmp(digest, committed, 32) == 0)
        return HB_OK;
    hb_blake3_hash(digest, view->public_bytes, (size_t)view->n_public_bytes);
    return memcmp(digest, committed, 32) == 0 ? HB_OK : HB_REJECT(err, HB_R_PUBLIC_BYTES);
}

static hb_status verify_single(const hb_machine_airs *airs, hb_proof_view *view, const uint8_t vkey[32], hb_scratch scratch, hb_error *err)
{
    hb_shard_outcome none;
    if (view->statement.kind != HB_KIND_SINGLE)
        return HB_REJECT(err, HB_R_KIND);
    hb_status st = hb_statement_check(airs, &view->part, &view->statement, err);
    if (st != HB_OK)
        return st;
    return hb_shard_verify(airs, &view->part, vkey, &view->statement, NULL, view->words, view->n_words, scratch, &none, err);
}

/* --- runs in shards ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    hb_run_tree tree;
    uint64_t rows;   /* on GLOBAL */
    uint32_t pc;     /* where the next shard must begin */
    uint32_t cap[HB_CAP_NODES_MAX][8];
} run_account;

/* Proof number i of the run: its place, its own checks, where it begins; adds it to the account. */
static hb_status enter(const hb_machine_airs *airs, const hb_proof_view *view, uint32_t i, run_account *a, hb_scratch scratch, hb_error *err)
{
    const hb_statement *s = &view->statement;
    uint32_t nodes;
    uint8_t beta[32];
    if (s->index != i || s->kind != (i ? HB_KIND_EXEC : HB_KIND_INIT))
        return HB_REJECT(err, HB_R_KIND);
    hb_status st = hb_statement_check(airs, &view->part, s, err);
    if (st != HB_OK)
        return st;
    if (i) {
        if (s->pc_in != a->pc)
            return HB_REJECT(err, i == 1 ? HB_R_ENTRY : HB_R_RUN_CONTINUITY);
        if ((s->pc_out == HB_PC_HALT) != (i == view->n_shards))
            return HB_REJECT(err, HB_R_NOT_HALTED);
        if (s->pc_out >= HB_PC_NOWHERE && s->pc_out != HB_PC_HALT)
            return HB_REJECT(err, HB_R_RUN_CONTINUITY);
        a->pc = s->pc_out;
    }
    a->rows += hb_run_rows(s);
    if (a->rows >= HB_RUN_TOKENS_MAX)
        return HB_REJECT(err, HB_R_RUN_SIZE);
    st = hb_shard_boundary_cap(s, view->words, view->n_words, scratch, a->cap, &nodes, err);
    if (st != HB_OK)
        return st;
    hb_run_beta((const uint32_t(*)[8])a->cap, nodes, beta);
    hb_run_tree_add(&a->tree, s, beta);
    return HB_OK;
}

/* First reading; view->statement.seed becomes the run's. */
static hb_status account_for(const hb_machine_airs *airs, hb_proof_view *view, const uint8_t vkey[32], hb_scratch scratch, hb_error *err)
{
    run_account *a = hb_scratch_alloc(&scratch, sizeof *a);
    uint8_t root[32];
    uint32_t sigma[8];
    uint64_t at = 0;
    if (!a)
        return HB_REJECT(err, HB_R_SCRATCH);
    memset(a, 0, sizeof *a);
    a->pc = view->part.entry;
    for (uint32_t i = 0; i < hb_proof_count(view); i++) {
        hb_status st = hb_proof_next(view, &at, err);
        if (st == HB_OK)
            st = enter(airs, view, i, a, scratch, err);
        if (st != HB_OK)
            return st;
    }
    if (at != view->n_proofs_bytes)
        return HB_REJECT(err, HB_R_MALFORMED_PROOF);
    hb_run_tree_root(&a->tree, root);
    hb_run_sigma(vkey, &view->statement, view->n_shards, root, sigma);
    return hb_run_seed(sigma, view->nonce, view->statement.seed) ? HB_OK : HB_REJECT(err, HB_R_BAD_GRINDING);
}

static hb_status verify_run(const hb_machine_airs *airs, hb_proof_view *view, const uint8_t vkey[32], hb_scratch scratch, hb_error *err)
{
    hb_bus_challenges global;
    hb_k produced = hb_k_one(), consumed = hb_k_one();
    uint64_t at = 0;
    hb_status st = account_for(airs, view, vkey, scratch, err);
    if (st != HB_OK)
        return st;
    hb_run_challenges(view->statement.seed, &global);
    for (uint32_t i = 0; i < hb_proof_count(view); i++) {
        hb_shard_outcome outcome;
        st = hb_proof_next(view, &at, err);
        if (st == HB_OK)
            st = hb_shard_verify(airs, &view->part, vkey, &view->statement, &global, view->words, view->n_words, scratch, &outcome, err);
        if (st != HB_OK)
            return st;
        produced = hb_k_mul(produced, outcome.g_global);
        consumed = hb_k_mul(consumed, outcome.r_global);
    }
    return hb_k_eq(produced, consumed) ? HB_OK : HB_REJECT(err, HB_R_RUN_BALANCE);
}

hb_status hb_machine_verify(const hb_machine_airs *airs, const uint8_t *file, size_t bytes, const hb_verify_request *request, hb_scratch scratch,
                            hb_proof_view *view, hb_error *err)
{
    hb_status st = hb_proof_parse(file, bytes, view, err);
    if (st == HB_OK)
        st = check_request(airs, view, request, err);
    if (st == HB_OK)
        st = check_public_bytes(view, err);
    if (st != HB_OK)
        return st;
    return view->n_shards ? verify_run(airs, view, request->vkey, scratch, err) : verify_single(airs, view, request->vkey, scratch, err);
}
