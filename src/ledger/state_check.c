/* Recomputing everything. Pages are checked one by one: each against the hashes of what it names, so that after all of them every version whose root page has
 * the root's hash is whole, without walking every version's tree. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "ledger/state_priv.h"
#include "machine/machine_verify.h"

typedef struct checking {
    hb_state_manager *m;
    hb_store_txn *txn;
    bool proofs;
    hb_state_check_report *report;
    uint64_t oldest, latest;
    hb_state_source reader;
    hb_tree_source source;
    void *scratch;        /* with proofs: HB_VERIFY_SCRATCH_BYTES */
    hb_proof_view *view;
} checking;

static hb_status spoiled(uint64_t version, const char *what, hb_error *err)
{
    const hb_status st = hb_fail(err, HB_IO, "damaged: version %" PRIu64 ": %s", version, what);
    if (err)
        err->offset = version;
    return st;
}

/* ---- versions ---- */

static hb_status check_receipt(const checking *c, const hb_state_head *parent, const hb_state_head *head, hb_receipt *receipt, hb_error *err)
{
    hb_span value;
    hb_error why;
    const hb_status st = hb_store_get_sealed(c->txn, HB_TABLE_RECEIPTS, hb_span_of(head->statement, 32), &value, err);
    if (st != HB_OK)
        return st;
    if (!value.data || value.len < 8 || hb_load_le64(value.data) != head->c.version ||
        hb_receipt_parse(value.data + 8, value.len - 8, receipt, &why) != HB_OK || memcmp(receipt->statement, head->statement, 32) != 0)
        return spoiled(head->c.version, "its receipt is missing or malformed", err);
    return hb_verify_state_consistency(&parent->c, &head->c, receipt, &why) == HB_OK ? HB_OK : spoiled(head->c.version, why.message, err);
}

static hb_status check_proof(const checking *c, const hb_state_head *head, const hb_receipt *receipt, hb_error *err)
{
    const hb_machine_airs *airs;
    hb_verify_request request = {.exit_code = receipt->exit_code};
    uint8_t number[8];
    hb_span proof;
    hb_error why;
    hb_store_be64(number, head->c.version);
    hb_status st = hb_store_get_sealed(c->txn, HB_TABLE_PROOFS, hb_span_of(number, 8), &proof, err);
    if (st == HB_OK && !proof.data && head->c.version >= c->oldest)
        st = spoiled(head->c.version, "its proof is missing", err);
    if (st != HB_OK || !proof.data)
        return st;
    c->report->proofs++;
    if (!c->proofs)
        return HB_OK;
    st = hb_state_airs(c->m, &airs, err);
    memcpy(request.vkey, receipt->vkey, 32);
    if (st == HB_OK && hb_machine_verify(airs, proof.data, proof.len, &request, hb_scratch_of(c->scratch, HB_VERIFY_SCRATCH_BYTES), c->view, &why) != HB_OK)
        st = spoiled(head->c.version, why.message, err);
    if (st == HB_OK && (c->view->n_public_bytes != receipt->public_values.len ||
                        (c->view->n_public_bytes && memcmp(c->view->public_bytes, receipt->public_values.data, receipt->public_values.len) != 0)))
        st = spoiled(head->c.version, "proof and receipt have other public values", err);
    return st;
}

static hb_status check_version(checking *c, const hb_state_head *parent, const hb_state_head *head, hb_error *err)
{
    static const uint8_t nowhere[32];
    hb_receipt receipt;
    hb_page page;
    hb_error why;
    hb_status st = HB_OK;
    if (parent && hb_state_commitment_follows(&parent->c, &head->c, &why) != HB_OK)
        return spoiled(head->c.version, why.message, err);
    if (head->c.kind == HB_VERSION_PROGRAM) {
        st = parent ? check_receipt(c, parent, head, &receipt, err) : spoiled(0, "the first version was made by a program", err);
        if (st == HB_OK)
            st = check_proof(c, head, &receipt, err);
    }
    if (st == HB_OK && head->c.version >= c->oldest && !hb_ledger_is_empty(head->c.root))
        st = hb_tree_load_page(&c->source, head->root.hash, head->root.version, 0, nowhere, &page, err);
    if (st == HB_OK && head->c.version >= c->oldest)
        st = hb_registry_check(c->m, c->txn, head, err);
    c->report->versions++;
    return st;
}

static hb_status check_versions(checking *c, hb_error *err)
{
    hb_state_head heads[2];
    hb_status st = HB_OK;
    for (uint64_t v = 0; st == HB_OK && v <= c->latest; v++) {
        st = hb_state_load(c->txn, v, &heads[v & 1], err);
        if (st != HB_OK)
            return spoiled(v, "its record is missing or damaged", err);
        st = check_version(c, v ? &heads[~v & 1] : NULL, &heads[v & 1], err);
    }
    if (st == HB_OK && hb_store_entries(c->txn, HB_TABLE_VERSIONS) != c->latest + 1)
        st = spoiled(c->latest, "the table of versions has another number of entries", err);
    return st;
}

/* ---- the tree's records ---- */

static bool read_page_key(hb_span key, uint64_t *version, unsigned *depth, uint8_t path[32])
{
    if (key.len < 9 || key.len > HB_PAGE_KEY_MAX)
        return false;
    *version = hb_load_be64(key.data);
    *depth = key.data[8];
    memset(path, 0, 32);
    memcpy(path, key.data + 9, key.len - 9);
    uint8_t again[HB_PAGE_KEY_MAX];
    return *depth <= HB_PAGE_DEPTH_MAX && hb_page_key(again, *version, *depth, path) == key.len && memcmp(again, key.data, key.len) == 0;
}

static hb_status check_slot(checking *c, const hb_page_slot *slot, unsigned depth, const uint8_t path[32], hb_error *err)
{
    hb_page below;
    hb_tree_leaf leaf;
    if (slot->kind == HB_PAGE_INNER)
        return hb_tree_load_page(&c->source, slot->hash, slot->version, depth + 1, path, &below, err);
    const hb_status st = hb_tree_load_leaf(&c->source, slot, &leaf, err);
    if (st == HB_OK && hb_ledger_common_bits(leaf.key, path) < 4 * (depth + 1))
        return spoiled(slot->version, "a value lies in the wrong place", err);
    return st;
}

static hb_status check_page(void *ctx, hb_span key, hb_span value, hb_error *err)
{
    checking *c = ctx;
    uint64_t version;
    unsigned depth;
    uint8_t path[32], below[32];
    hb_page page;
    if (!read_page_key(key, &version, &depth, path))
        return spoiled(c->latest, "a page has a malformed key", err);
    if (!hb_page_decode(&page, value.data, value.len) || version > c->latest)
        return spoiled(version, "a page is malformed", err);
    hb_status st = HB_OK;
    for (unsigned s = 0; st == HB_OK && s < 16; s++) {
        if (page.slot[s].kind == HB_PAGE_EMPTY)
            continue;
        if (page.slot[s].version > version)
            return spoiled(version, "a page names a younger record", err);
        hb_tree_step(below, path, depth, s);
        st = check_slot(c, &page.slot[s], depth, below, err);
    }
    c->report->pages++;
    return st;
}

static hb_status check_leaf(void *ctx, hb_span key, hb_span value, hb_error *err)
{
    checking *c = ctx;
    if (key.len != 12 || value.len < 32 || hb_load_be64(key.data) > c->latest)
        return spoiled(key.len >= 8 ? hb_load_be64(key.data) : c->latest, "a value's record is malformed", err);
    c->report->values++;
    return HB_OK;
}

/* ---- sealed tables ---- */

typedef struct sealed {
    checking *c;
    hb_store_table table;
} sealed;

static hb_status check_sealed(void *ctx, hb_span key, hb_span value, hb_error *err)
{
    const sealed *s = ctx;
    hb_receipt receipt;
    const hb_status st = hb_store_unseal(s->table, key, &value, err);
    if (st != HB_OK)
        return st;
    if (s->table == HB_TABLE_RECEIPTS) {
        if (value.len < 8 || hb_receipt_parse(value.data + 8, value.len - 8, &receipt, NULL) != HB_OK || key.len != 32 ||
            memcmp(receipt.statement, key.data, 32) != 0)
            return spoiled(value.len < 8 ? s->c->latest : hb_load_le64(value.data), "a receipt is malformed", err);
        s->c->report->receipts++;
    }
    s->c->report->cache_entries += s->table == HB_TABLE_CACHE && key.len == 32;
    return HB_OK;
}

static hb_status check_tables(checking *c, hb_error *err)
{
    static const hb_store_table tables[] = {HB_TABLE_META, HB_TABLE_STALE, HB_TABLE_RECEIPTS, HB_TABLE_PROOFS, HB_TABLE_CACHE};
    const hb_span all = {NULL, 0};
    hb_status st = hb_store_each(c->txn, HB_TABLE_PAGES, all, check_page, c, err);
    if (st == HB_OK)
        st = hb_store_each(c->txn, HB_TABLE_LEAVES, all, check_leaf, c, err);
    for (size_t i = 0; st == HB_OK && i < sizeof tables / sizeof *tables; i++) {
        sealed s = {c, tables[i]};
        st = hb_store_each(c->txn, tables[i], all, check_sealed, &s, err);
    }
    /* LMDB counts what a table should hold; a walk that sees less has lost a branch. */
    if (st == HB_OK && (c->report->pages != hb_store_entries(c->txn, HB_TABLE_PAGES) || c->report->values != hb_store_entries(c->txn, HB_TABLE_LEAVES) ||
                        c->report->receipts != hb_store_entries(c->txn, HB_TABLE_RECEIPTS)))
        st = spoiled(c->latest, "a table has another number of records than it should", err);
    return st;
}

static hb_status check_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    checking *c = ctx;
    hb_state_head head;
    c->txn = txn;
    c->source = hb_state_source_of(&c->reader, c->m, txn, false);
    hb_status st = hb_state_load(txn, HB_STATE_LATEST, &head, err);
    if (st == HB_OK)
        st = hb_state_oldest(txn, &c->oldest, err);
    c->latest = head.c.version;
    if (st == HB_OK)
        st = check_versions(c, err);
    return st == HB_OK ? check_tables(c, err) : st;
}

hb_status hb_state_check(hb_state_manager *m, bool proofs, hb_state_check_report *report, hb_error *err)
{
    hb_state_check_report counts = {0};
    checking *c = calloc(1, sizeof *c);
    if (c) {
        *c = (checking){.m = m, .proofs = proofs, .report = &counts};
        c->view = malloc(sizeof *c->view);
        c->scratch = proofs ? hb_pages_alloc(HB_VERIFY_SCRATCH_BYTES) : NULL;
    }
    hb_status st = c && c->view && (c->scratch || !proofs) ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "checking the ledger: out of memory");
    if (st == HB_OK)
        st = hb_store_check_file(m->store, err); /* first, as the rest trusts LMDB to find its way */
    if (st == HB_OK)
        st = hb_store_read(m->store, check_in, c, err);
    if (report)
        *report = counts;
    if (c) {
        hb_pages_free(c->scratch, HB_VERIFY_SCRATCH_BYTES);
        free(c->view);
    }
    free(c);
    return st;
}
