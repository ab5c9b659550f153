#include "ledger/state_diff.h"

#include <stdlib.h>
#include <string.h>

typedef struct differ {
    const hb_tree_source *source;
    hb_state_diff *diff;
    bool there; /* leaves of the state that is to be */
    hb_error *err;
} differ;

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "comparing two versions: out of memory");
}

static hb_status note(void *ctx, const hb_tree_leaf *leaf, hb_error *err)
{
    const differ *d = ctx;
    hb_buf *b = &d->diff->bytes;
    const bool ok = hb_buf_append(b, leaf->key, 32) == HB_OK && hb_buf_append_u8(b, d->there) == HB_OK &&
                    hb_buf_append_u32(b, d->there ? (uint32_t)leaf->value_bytes : 0) == HB_OK &&
                    (!d->there || hb_buf_append(b, leaf->value, leaf->value_bytes) == HB_OK);
    d->diff->n++;
    return ok ? HB_OK : no_memory(err);
}

/* All leaves below a slot. */
static hb_status note_all(differ *d, const hb_page_slot *slot, unsigned depth, const uint8_t path[32], bool there)
{
    hb_tree_leaf leaf;
    hb_page page;
    d->there = there;
    if (slot->kind == HB_PAGE_EMPTY)
        return HB_OK;
    if (slot->kind == HB_PAGE_LEAF) {
        const hb_status st = hb_tree_load_leaf(d->source, slot, &leaf, d->err);
        return st == HB_OK ? note(d, &leaf, d->err) : st;
    }
    hb_status st = hb_tree_load_page(d->source, slot->hash, slot->version, depth, path, &page, d->err);
    for (unsigned s = 0; st == HB_OK && s < 16; s++) {
        uint8_t below[32];
        hb_tree_step(below, path, depth, s);
        st = note_all(d, &page.slot[s], depth + 1, below, there);
    }
    return st;
}

static hb_status compare(differ *d, const hb_page_slot *a, const hb_page_slot *b, unsigned depth, const uint8_t path[32])
{
    hb_page pages[2];
    if (a->kind == b->kind && memcmp(a->hash, b->hash, 32) == 0)
        return HB_OK;
    if (a->kind != HB_PAGE_INNER || b->kind != HB_PAGE_INNER) {
        const hb_status st = note_all(d, a, depth, path, false);
        return st == HB_OK ? note_all(d, b, depth, path, true) : st;
    }
    hb_status st = hb_tree_load_page(d->source, a->hash, a->version, depth, path, &pages[0], d->err);
    if (st == HB_OK)
        st = hb_tree_load_page(d->source, b->hash, b->version, depth, path, &pages[1], d->err);
    for (unsigned s = 0; st == HB_OK && s < 16; s++) {
        uint8_t below[32];
        hb_tree_step(below, path, depth, s);
        st = compare(d, &pages[0].slot[s], &pages[1].slot[s], depth + 1, below);
    }
    return st;
}

static hb_page_slot top(const hb_tree_root *root)
{
    hb_page_slot slot = {.kind = hb_ledger_is_empty(root->hash) ? HB_PAGE_EMPTY : HB_PAGE_INNER, .version = root->version};
    memcpy(slot.hash, root->hash, 32);
    return slot;
}

/* A leaf of both states comes twice; the put stays, and comes last. */
static int order(const void *x, const void *y)
{
    const hb_state_write *a = x, *b = y;
    const int c = memcmp(a->key, b->key, 32);
    return c ? c : (a->value != NULL) - (b->value != NULL);
}

hb_status hb_state_diff_make(const hb_tree_source *source, const hb_tree_root *from, const hb_tree_root *to, hb_state_diff *diff, hb_error *err)
{
    static const uint8_t nowhere[32];
    differ d = {.source = source, .diff = diff, .err = err};
    const hb_page_slot a = top(from), b = top(to);
    *diff = (hb_state_diff){0};
    const hb_status st = compare(&d, &a, &b, 0, nowhere);
    if (st != HB_OK)
        return st;
    diff->writes = calloc(diff->n + 1, sizeof *diff->writes);
    if (!diff->writes)
        return no_memory(err);
    const uint8_t *p = diff->bytes.data;
    for (size_t i = 0; i < diff->n; i++) {
        hb_state_write *w = &diff->writes[i];
        memcpy(w->key, p, 32);
        w->value_bytes = hb_load_le32(p + 33);
        w->value = p[32] ? p + 37 : NULL;
        p += 37 + w->value_bytes;
    }
    qsort(diff->writes, diff->n, sizeof *diff->writes, order);
    size_t kept = 0;
    for (size_t i = 0; i < diff->n; i++)
        if (i + 1 == diff->n || memcmp(diff->writes[i].key, diff->writes[i + 1].key, 32) != 0)
            diff->writes[kept++] = diff->writes[i];
    diff->n = kept;
    return HB_OK;
}

void hb_state_diff_free(hb_state_diff *diff)
{
    hb_buf_free(&diff->bytes);
    free(diff->writes);
}
