#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/ledger_hash.h"
#include "ledger/state_commitment.h"

static bool read_text8(hb_reader *r, hb_text *out)
{
    uint8_t len;
    const uint8_t *p;
    if (!hb_read_u8(r, &len) || !hb_read_span(r, len, &p))
        return false;
    *out = (hb_text){(const char *)p, len};
    return true;
}

int hb_text_order(hb_text a, hb_text b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int c = n ? memcmp(a.data, b.data, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool hb_program_id_valid(hb_text id)
{
    if (id.len == 0 || id.len > HB_PROGRAM_ID_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        const char c = id.data[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || (c != '_' && c != '.' && c != '-')))
            return false;
    }
    return true;
}

bool hb_commitment_next_program(hb_reader *programs, hb_program_ref *out)
{
    return hb_reader_left(programs) && read_text8(programs, &out->id) && read_text8(programs, &out->version) && hb_read_u8(programs, &out->flags) &&
           hb_read_span(programs, 32, &out->vkey);
}

bool hb_commitment_next_metadata(hb_reader *metadata, hb_text *key, hb_text *value)
{
    uint32_t len;
    const uint8_t *p;
    if (!hb_reader_left(metadata) || !read_text8(metadata, key) || !hb_read_u32(metadata, &len) || !hb_read_span(metadata, len, &p))
        return false;
    *value = (hb_text){(const char *)p, len};
    return true;
}

static bool take_programs(hb_reader *r, hb_state_commitment *c)
{
    hb_program_ref p, last = {0};
    const uint8_t *from = r->p;
    if (c->n_programs > HB_COMMITMENT_PROGRAMS_MAX)
        return false;
    for (uint32_t i = 0; i < c->n_programs; i++, last = p)
        if (!hb_commitment_next_program(r, &p) || !hb_program_id_valid(p.id) || p.version.len == 0 || p.version.len > HB_PROGRAM_VERSION_MAX ||
            p.flags & ~HB_PROGRAM_USES_STATE || (i && hb_text_order(last.id, p.id) >= 0))
            return false;
    c->programs = hb_reader_of(from, (size_t)(r->p - from));
    return true;
}

static bool take_metadata(hb_reader *r, hb_state_commitment *c)
{
    hb_text key, value, last = {0};
    const uint8_t *from = r->p;
    if (c->n_metadata > HB_COMMITMENT_METADATA_MAX)
        return false;
    for (uint32_t i = 0; i < c->n_metadata; i++, last = key)
        if (!hb_commitment_next_metadata(r, &key, &value) || key.len == 0 || (i && hb_text_order(last, key) >= 0))
            return false;
    c->metadata = hb_reader_of(from, (size_t)(r->p - from));
    return true;
}

/* What one record shows by itself. */
static bool plausible(const hb_state_commitment *c)
{
    const bool genesis = c->kind == HB_VERSION_GENESIS;
    if (genesis != (c->version == 0) || hb_ledger_is_empty(c->receipt) != (c->kind != HB_VERSION_PROGRAM))
        return false;
    return !genesis || (hb_ledger_is_empty(c->parent_root) && hb_ledger_is_empty(c->parent_digest));
}

hb_status hb_state_commitment_parse(const uint8_t *bytes, size_t len, hb_state_commitment *out, hb_error *err)
{
    hb_reader r = hb_reader_of(bytes, len);
    const uint8_t *magic;
    uint8_t kind;
    memset(out, 0, sizeof *out);
    if (len > HB_COMMITMENT_BYTES_MAX)
        return HB_REJECT(err, HB_R_COMMITMENT_FORMAT);
    if (!hb_read_span(&r, 8, &magic) || !hb_read_u64(&r, &out->version) || !hb_read_u64(&r, &out->timestamp) || !hb_read_u8(&r, &kind) ||
        !hb_read_copy(&r, out->root, 32) || !hb_read_copy(&r, out->parent_root, 32) || !hb_read_copy(&r, out->parent_digest, 32) ||
        !hb_read_copy(&r, out->receipt, 32) || !hb_read_u32(&r, &out->n_programs))
        return HB_REJECT(err, HB_R_TRUNCATED);
    out->kind = (hb_version_kind)kind;
    if (memcmp(magic, HB_COMMITMENT_MAGIC, 8) != 0 || kind > HB_VERSION_PROGRAM || !plausible(out) || !take_programs(&r, out))
        return HB_REJECT(err, HB_R_COMMITMENT_FORMAT);
    if (!hb_read_u32(&r, &out->n_metadata))
        return HB_REJECT(err, HB_R_TRUNCATED);
    if (!take_metadata(&r, out))
        return HB_REJECT(err, HB_R_COMMITMENT_FORMAT);
    if (hb_reader_left(&r))
        return HB_REJECT(err, HB_R_TRAILING_BYTES);
    hb_blake3_hash(out->digest, bytes, len);
    return HB_OK;
}

bool hb_commitment_find_program(const hb_state_commitment *c, hb_text id, hb_program_ref *out)
{
    hb_reader r = c->programs;
    while (hb_commitment_next_program(&r, out))
        if (hb_text_equal(out->id, id))
            return true;
    return false;
}

static bool same_programs(const hb_state_commitment *a, const hb_state_commitment *b)
{
    const size_t n = hb_reader_left(&a->programs);
    return n == hb_reader_left(&b->programs) && (n == 0 || memcmp(a->programs.p, b->programs.p, n) == 0);
}

hb_status hb_state_commitment_follows(const hb_state_commitment *previous, const hb_state_commitment *next, hb_error *err)
{
    if (next->version != previous->version + 1 || next->kind == HB_VERSION_GENESIS)
        return HB_REJECT(err, HB_R_COMMITMENT_VERSION);
    if (next->timestamp < previous->timestamp)
        return HB_REJECT(err, HB_R_TIMESTAMP);
    if (memcmp(next->parent_digest, previous->digest, 32) != 0 || memcmp(next->parent_root, previous->root, 32) != 0)
        return HB_REJECT(err, HB_R_COMMITMENT_CHAIN);
    if (next->kind != HB_VERSION_ADMIN && !same_programs(previous, next))
        return HB_REJECT(err, HB_R_PROGRAMS_CHANGED);
    return HB_OK;
}
