#include "ledger/page.h"

#include <string.h>

#include "base/bytes.h"

void hb_page_clear(hb_page *page)
{
    memset(page, 0, sizeof *page);
}

/* Node i from its children; `known` (may be NULL) is its hash where it has one of its own. Returns whether it has. */
static bool join(hb_page *page, unsigned i, const uint8_t *known)
{
    const unsigned l = 2 * i, r = l + 1;
    const uint8_t lk = page->node_kind[l], rk = page->node_kind[r];
    if (lk == HB_PAGE_EMPTY && rk != HB_PAGE_INNER) {
        memcpy(page->node[i], page->node[r], 32);
        page->node_kind[i] = rk;
        return false;
    }
    if (rk == HB_PAGE_EMPTY && lk == HB_PAGE_LEAF) {
        memcpy(page->node[i], page->node[l], 32);
        page->node_kind[i] = lk;
        return false;
    }
    if (known)
        memcpy(page->node[i], known, 32);
    else
        hb_ledger_hash_node(page->node[i], page->node[l], page->node[r]);
    page->node_kind[i] = HB_PAGE_INNER;
    return true;
}

void hb_page_hash_above(hb_page *page, uint16_t changed_slots)
{
    uint32_t dirty = 0;
    for (unsigned s = 0; s < 16; s++)
        if (changed_slots >> s & 1) {
            memcpy(page->node[16 + s], page->slot[s].hash, 32);
            page->node_kind[16 + s] = page->slot[s].kind;
            dirty |= UINT32_C(1) << ((16 + s) / 2);
        }
    for (unsigned i = 15; i >= 1; i--)
        if (dirty >> i & 1) {
            join(page, i, NULL);
            dirty |= i > 1 ? UINT32_C(1) << (i / 2) : 0;
        }
}

void hb_page_hash_all(hb_page *page)
{
    hb_page_hash_above(page, 0xffff);
}

size_t hb_page_encode(const hb_page *page, uint8_t out[HB_PAGE_BYTES_MAX])
{
    uint32_t kinds = 0;
    hb_writer w = hb_writer_of(out, HB_PAGE_BYTES_MAX);
    for (unsigned s = 0; s < 16; s++)
        kinds |= (uint32_t)page->slot[s].kind << (2 * s);
    hb_write_u32(&w, kinds);
    for (unsigned s = 0; s < 16; s++) {
        const hb_page_slot *slot = &page->slot[s];
        if (slot->kind == HB_PAGE_EMPTY)
            continue;
        hb_write_copy(&w, slot->hash, 32);
        hb_write_u64(&w, slot->version);
        if (slot->kind == HB_PAGE_LEAF)
            hb_write_u32(&w, slot->index);
    }
    return w.len;
}

static bool read_slots(hb_page *page, hb_reader *r)
{
    uint32_t kinds;
    if (!hb_read_u32(r, &kinds))
        return false;
    for (unsigned s = 0; s < 16; s++) {
        hb_page_slot *slot = &page->slot[s];
        *slot = (hb_page_slot){.kind = kinds >> (2 * s) & 3};
        if (slot->kind == HB_PAGE_EMPTY)
            continue;
        if (slot->kind > HB_PAGE_INNER || !hb_read_copy(r, slot->hash, 32) || !hb_read_u64(r, &slot->version) ||
            (slot->kind == HB_PAGE_LEAF && !hb_read_u32(r, &slot->index)))
            return false;
    }
    return true;
}

bool hb_page_decode(hb_page *page, const uint8_t *data, size_t bytes)
{
    hb_reader r = hb_reader_of(data, bytes);
    if (!read_slots(page, &r) || hb_reader_left(&r))
        return false;
    hb_page_hash_all(page);
    return true;
}

static void copy_slots(hb_page *page)
{
    for (unsigned s = 0; s < 16; s++) {
        memcpy(page->node[16 + s], page->slot[s].hash, 32);
        page->node_kind[16 + s] = page->slot[s].kind;
    }
}

size_t hb_page_pack(const hb_page *page, uint8_t out[HB_PAGE_PACKED_MAX])
{
    size_t n = hb_page_encode(page, out);
    for (unsigned i = 15; i >= 1; i--)
        if (page->node_kind[i] == HB_PAGE_INNER) {
            memcpy(out + n, page->node[i], 32);
            n += 32;
        }
    return n;
}

bool hb_page_unpack(hb_page *page, const uint8_t *data, size_t bytes)
{
    static const uint8_t none[32];
    hb_reader r = hb_reader_of(data, bytes);
    if (!read_slots(page, &r))
        return false;
    copy_slots(page);
    for (unsigned i = 15; i >= 1; i--) {
        const bool left = hb_reader_left(&r) >= 32;
        if (join(page, i, left ? r.p : none) && !left)
            return false;
        r.p += page->node_kind[i] == HB_PAGE_INNER ? 32 : 0;
    }
    return hb_reader_left(&r) == 0;
}

size_t hb_page_key(uint8_t out[HB_PAGE_KEY_MAX], uint64_t version, unsigned depth, const uint8_t key[32])
{
    const size_t path = (depth + 1) / 2;
    hb_store_be64(out, version);
    out[8] = (uint8_t)depth;
    memcpy(out + 9, key, path);
    if (depth & 1)
        out[8 + path] &= 0xf0;
    return 9 + path;
}
