/* The order of steps is that of docs/protocol.md: file, key, integers, public values, then the conversation. */
#include "machine/machine_verify.h"

#include <string.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "gkr/gkr_verify.h"
#include "hash/blake3.h"
#include "hash/sha256.h"
#include "machine/layout.h"
#include "pcs/pcs_verify.h"
#include "zerocheck/zerocheck_verify.h"

/* Any exit code was wanted by name; the proven one must be it. */
static hb_status check_request(const hb_machine_airs *airs, const hb_proof_view *view, const hb_verify_request *request, hb_error *err)
{
    uint8_t vkey[32];
    hb_vkey_digest(&view->part, airs->digest, vkey);
    if (memcmp(vkey, request->vkey, sizeof vkey) != 0)
        return HB_REJECT(err, HB_R_WRONG_KEY);
    hb_status st = hb_statement_check(airs, &view->part, &view->statement, err);
    if (st != HB_OK)
        return st;
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

typedef struct {
    const hb_machine_airs *airs;
    const hb_proof_view *view;
    hb_machine_layout *layout;
    hb_receiver r;
    hb_scratch scratch;
    uint32_t (*cap)[8]; /* of the main commitment */
} conversation;

static hb_status open_conversation(conversation *c, const uint8_t vkey[32])
{
    const hb_program_part *part = &c->view->part;
    hb_statement_absorb(&c->view->statement, vkey, &c->r.t);
    const uint32_t leaves0 = c->layout->stack.h[HB_COMMIT_KEY] + HB_RATE_LOG2_0;
    if (part->cap_nodes != UINT32_C(1) << hb_merkle_cap_log2(leaves0))
        return HB_REJECT(c->r.err, HB_R_BAD_LENGTH);
    hb_transcript_absorb(&c->r.t, HB_TAG_CAP, part->cap[0], 8 * (size_t)part->cap_nodes);
    const size_t nodes = (size_t)1 << hb_merkle_cap_log2(c->layout->stack.h[HB_COMMIT_MAIN] + HB_RATE_LOG2_0);
    c->cap = hb_scratch_alloc_many(&c->scratch, HB_CAP_NODES_MAX, sizeof *c->cap);
    if (!c->cap)
        return HB_REJECT(c->r.err, HB_R_SCRATCH);
    return hb_receive_words(&c->r, HB_TAG_CAP, c->cap[0], 8 * nodes);
}

static hb_status check_trace(conversation *c, hb_zerocheck_result *point)
{
    hb_machine_layout *layout = c->layout;
    hb_bus_challenges bus;
    hb_gkr_result trees;
    hb_status st = hb_receive_grind(&c->r, HB_LABEL_BUS, HB_GRIND_BUS);
    if (st != HB_OK)
        return st;
    hb_machine_bus_challenges(&c->r.t, &bus);
    hb_machine_public_factors(&c->view->statement, &bus, &layout->pv_g, &layout->pv_r);
    st = hb_gkr_verify(&c->r, &layout->trees, layout->pv_g, layout->pv_r, &trees);
    if (st != HB_OK)
        return st;
    hb_zerocheck_table tables[HB_CHIP_COUNT];
    for (uint32_t i = 0; i < layout->n_tables; i++)
        tables[i] = (hb_zerocheck_table){&c->airs->air[layout->chip[i]], c->view->statement.heights[layout->chip[i]]};
    const hb_zerocheck_claim claim = {tables, layout->n_tables, &layout->trees, &trees, &bus, &layout->publics, NULL};
    return hb_zerocheck_verify(&c->r, &claim, &c->scratch, point);
}

static hb_status check_opening(conversation *c, const hb_zerocheck_result *at)
{
    hb_row_point point;
    if (!hb_machine_point(at, &point))
        return HB_REJECT(c->r.err, HB_R_ZERO_CHALLENGE);
    const hb_pcs_cap caps[HB_COMMITMENTS] = {(hb_pcs_cap)c->view->part.cap, NULL, (hb_pcs_cap)c->cap};
    return hb_pcs_verify(&c->r, &hb_pcs_shard_params, &c->layout->stack, caps, &point, at->columns, &c->scratch);
}

hb_status hb_machine_verify(const hb_machine_airs *airs, const uint8_t *file, size_t bytes, const hb_verify_request *request, hb_scratch scratch,
                            hb_proof_view *view, hb_error *err)
{
    conversation c = {.airs = airs, .view = view, .scratch = scratch};
    hb_zerocheck_result point;
    hb_status st = hb_proof_parse(file, bytes, view, err);
    if (st == HB_OK)
        st = check_request(airs, view, request, err);
    if (st == HB_OK)
        st = check_public_bytes(view, err);
    if (st != HB_OK)
        return st;
    c.layout = hb_scratch_alloc(&c.scratch, sizeof *c.layout);
    if (!c.layout)
        return HB_REJECT(err, HB_R_SCRATCH);
    st = hb_machine_layout_init(c.layout, airs, &view->part, &view->statement, &c.scratch, err);
    if (st != HB_OK)
        return st;
    hb_receiver_init(&c.r, view->words, (size_t)view->n_words * 4, err);
    st = open_conversation(&c, request->vkey);
    if (st == HB_OK)
        st = check_trace(&c, &point);
    if (st == HB_OK)
        st = check_opening(&c, &point);
    return st == HB_OK ? hb_receive_end(&c.r) : st;
}
