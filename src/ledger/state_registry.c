/* The registry of programs: one record a program in the state, at key("program", id), and the current versions in every state commitment.
 *
 *   8    magic "hbprogrm"
 *   1+n  id
 *   2    number of versions, then for each, in order of registration, the last being the current one: 1+n version, 1 flags, 32 verifying key
 *   4+n  metadata of the current version (free text)
 *   2    number of its dependencies, then for each: 1+n text "id version"
 * Integers little-endian. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/state_priv.h"

#define MAGIC "hbprogrm"

enum { VERSIONS_MAX = 4096, DEPENDENCIES_MAX = 1024 };

typedef struct record {
    hb_text id, metadata;
    uint16_t n_versions, n_dependencies;
    hb_span version_bytes;
    hb_reader versions;     /* for next_version */
    hb_program_ref current;
} record;

void hb_registry_key_of(uint8_t key[32], hb_text id)
{
    hb_ledger_key(key, "program", 7, id.data, id.len);
}

static bool read_text8(hb_reader *r, hb_text *out)
{
    uint8_t n;
    const uint8_t *p;
    if (!hb_read_u8(r, &n) || !hb_read_span(r, n, &p))
        return false;
    *out = (hb_text){(const char *)p, n};
    return true;
}

static bool next_version(hb_reader *r, hb_text id, hb_program_ref *out)
{
    out->id = id;
    return hb_reader_left(r) && read_text8(r, &out->version) && hb_read_u8(r, &out->flags) && hb_read_span(r, 32, &out->vkey);
}

static bool parse(const uint8_t *bytes, size_t len, record *out)
{
    hb_reader r = hb_reader_of(bytes, len);
    const uint8_t *p;
    uint32_t n;
    hb_text text;
    *out = (record){0};
    if (!hb_read_span(&r, 8, &p) || memcmp(p, MAGIC, 8) != 0 || !read_text8(&r, &out->id) || !hb_read_u16(&r, &out->n_versions) || out->n_versions == 0)
        return false;
    const uint8_t *from = r.p;
    for (unsigned i = 0; i < out->n_versions; i++)
        if (!next_version(&r, out->id, &out->current))
            return false;
    out->version_bytes = hb_span_of(from, (size_t)(r.p - from));
    out->versions = hb_reader_of(from, out->version_bytes.len);
    if (!hb_read_u32(&r, &n) || !hb_read_span(&r, n, &p))
        return false;
    out->metadata = (hb_text){(const char *)p, n};
    if (!hb_read_u16(&r, &out->n_dependencies))
        return false;
    for (unsigned i = 0; i < out->n_dependencies; i++)
        if (!read_text8(&r, &text))
            return false;
    return hb_reader_left(&r) == 0;
}

static bool find_version(const record *rec, hb_text version, hb_program_ref *out)
{
    hb_reader r = rec->versions;
    while (next_version(&r, rec->id, out))
        if (hb_text_equal(out->version, version))
            return true;
    return false;
}

/* Appends the program's record; nothing when it is not registered. */
hb_status hb_registry_load(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *head, hb_text id, bool caching, hb_buf *out, hb_error *err)
{
    hb_state_source reader;
    const hb_tree_source source = hb_state_source_of(&reader, m, txn, caching);
    hb_tree_leaf leaf;
    record rec;
    uint8_t key[32];
    bool present;
    hb_registry_key_of(key, id);
    const hb_status st = hb_tree_get(&source, &head->root, key, &present, &leaf, err);
    if (st != HB_OK || !present)
        return st;
    if (!parse(leaf.value, leaf.value_bytes, &rec) || !hb_text_equal(rec.id, id))
        return hb_fail(err, HB_IO, "damaged: the registry's record of program %.*s", (int)id.len, id.data);
    return hb_buf_append(out, leaf.value, leaf.value_bytes) == HB_OK ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "reading the registry: out of memory");
}

typedef struct adding {
    hb_state_manager *m;
    hb_store_txn *txn;
    const hb_state_head *parent; /* NULL: genesis */
    const hb_program_registration *programs;
    hb_error *err;
} adding;

static bool version_valid(hb_text v)
{
    bool ok = v.len >= 1 && v.len <= HB_PROGRAM_VERSION_MAX;
    for (size_t i = 0; i < v.len && ok; i++)
        ok = v.data[i] > ' ' && v.data[i] < 0x7f;
    return ok;
}

/* Is "id version" registered, in the parent or among the first n of this call? */
static hb_status check_dependency(const adding *a, const char *text, size_t n)
{
    const char *space = strchr(text, ' ');
    const hb_text id = {text, space ? (size_t)(space - text) : strlen(text)}, version = hb_text_of(space ? space + 1 : "");
    hb_buf bytes = {0};
    record rec;
    hb_program_ref found;
    if (!hb_program_id_valid(id) || !version_valid(version) || strlen(text) > 255)
        return hb_fail(a->err, HB_INVALID_ARGUMENT, "a dependency is written as 'id version', not '%s'", text);
    for (size_t i = 0; i < n; i++)
        if (hb_text_equal(hb_text_of(a->programs[i].id), id) && hb_text_equal(hb_text_of(a->programs[i].version), version))
            return HB_OK;
    hb_status st = a->parent ? hb_registry_load(a->m, a->txn, a->parent, id, false, &bytes, a->err) : HB_OK;
    if (st == HB_OK && (!bytes.len || !parse(bytes.data, bytes.len, &rec) || !find_version(&rec, version, &found)))
        st = hb_fail(a->err, HB_INVALID_ARGUMENT, "the dependency %s is not registered", text);
    hb_buf_free(&bytes);
    return st;
}

static bool put_text8(hb_buf *b, hb_text t)
{
    return hb_buf_append_u8(b, (uint8_t)t.len) == HB_OK && hb_buf_append(b, t.data, t.len) == HB_OK;
}

static bool put_u16(hb_buf *b, size_t v)
{
    const uint8_t le[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    return hb_buf_append(b, le, 2) == HB_OK;
}

static bool put_version(hb_buf *b, const hb_program_registration *p)
{
    return put_text8(b, hb_text_of(p->version)) && hb_buf_append_u8(b, p->uses_state ? HB_PROGRAM_USES_STATE : 0) == HB_OK && hb_buf_append(b, p->vkey, 32) == HB_OK;
}

static bool put_record(hb_buf *b, const hb_program_registration *p, const record *old)
{
    const hb_text metadata = hb_text_of(p->metadata);
    bool ok = hb_buf_append(b, MAGIC, 8) == HB_OK && put_text8(b, hb_text_of(p->id)) && put_u16(b, old->n_versions + 1u) &&
              hb_buf_append(b, old->version_bytes.data, old->version_bytes.len) == HB_OK && put_version(b, p) &&
              hb_buf_append_u32(b, (uint32_t)metadata.len) == HB_OK && hb_buf_append(b, metadata.data, metadata.len) == HB_OK && put_u16(b, p->n_dependencies);
    for (size_t i = 0; ok && i < p->n_dependencies; i++)
        ok = put_text8(b, hb_text_of(p->dependencies[i]));
    return ok;
}

/* Appends the new record of programs[i]. */
static hb_status add_record(const adding *a, size_t i, hb_buf *records)
{
    const hb_program_registration *p = &a->programs[i];
    const hb_text id = hb_text_of(p->id), version = hb_text_of(p->version);
    hb_buf bytes = {0};
    record old = {0};
    hb_program_ref found;
    if (!hb_program_id_valid(id) || !version_valid(version))
        return hb_fail(a->err, HB_INVALID_ARGUMENT, "a program is registered with an id ([a-z0-9][a-z0-9_.-]*, at most 64) and a version without blanks");
    if (p->n_dependencies > DEPENDENCIES_MAX || hb_text_of(p->metadata).len > HB_VALUE_BYTES_MAX / 2)
        return hb_fail(a->err, HB_LIMIT, "program %s: too many dependencies (at most %d) or too much metadata", p->id, DEPENDENCIES_MAX);
    hb_status st = HB_OK;
    for (size_t d = 0; st == HB_OK && d < p->n_dependencies; d++)
        st = check_dependency(a, p->dependencies[d], i);
    if (st == HB_OK && a->parent)
        st = hb_registry_load(a->m, a->txn, a->parent, id, false, &bytes, a->err);
    if (st == HB_OK && bytes.len && parse(bytes.data, bytes.len, &old)) {
        if (find_version(&old, version, &found))
            st = hb_fail(a->err, HB_INVALID_ARGUMENT, "version %s of program %s is registered already", p->version, p->id);
        else if (old.n_versions >= VERSIONS_MAX)
            st = hb_fail(a->err, HB_LIMIT, "program %s has %d versions; no more fit", p->id, VERSIONS_MAX);
    }
    if (st == HB_OK && !put_record(records, p, &old))
        st = hb_fail(a->err, HB_OUT_OF_MEMORY, "registering a program: out of memory");
    hb_buf_free(&bytes);
    return st;
}

static int by_id(const void *a, const void *b)
{
    const hb_program_registration *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

static bool put_old(hb_buf *list, const hb_program_ref *p)
{
    return put_text8(list, p->id) && put_text8(list, p->version) && hb_buf_append_u8(list, p->flags) == HB_OK && hb_buf_append(list, p->vkey, 32) == HB_OK;
}

/* The parent's list with the new programs in their places. */
static bool merge_list(const adding *a, size_t n, hb_buf *list, uint32_t *n_list)
{
    const hb_program_registration **sorted = calloc(n + 1, sizeof *sorted);
    hb_reader r = a->parent ? a->parent->c.programs : hb_reader_of(NULL, 0);
    hb_program_ref old;
    bool more = hb_commitment_next_program(&r, &old), ok = sorted != NULL;
    for (size_t i = 0; ok && i < n; i++)
        sorted[i] = &a->programs[i];
    if (ok)
        qsort(sorted, n, sizeof *sorted, by_id);
    *n_list = 0;
    for (size_t i = 0; ok && (more || i < n); ++*n_list) {
        const int order = !more ? 1 : i == n ? -1 : hb_text_order(old.id, hb_text_of(sorted[i]->id));
        if (order < 0)
            ok = put_old(list, &old);
        else
            ok = put_text8(list, hb_text_of(sorted[i]->id)) && put_version(list, sorted[i]);
        i += order >= 0;
        if (order <= 0)
            more = hb_commitment_next_program(&r, &old);
    }
    free(sorted);
    return ok;
}

hb_status hb_registry_add(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *parent, const hb_program_registration *programs, size_t n,
                          hb_buf *records, hb_state_write *writes, hb_buf *list, uint32_t *n_list, hb_error *err)
{
    const adding a = {m, txn, parent, programs, err};
    for (size_t i = 0; i < n; i++) {
        const size_t from = records->len;
        const hb_status st = add_record(&a, i, records);
        if (st != HB_OK)
            return st;
        hb_registry_key_of(writes[i].key, hb_text_of(programs[i].id));
        writes[i].value_bytes = records->len - from;
    }
    for (size_t i = 0, at = 0; i < n; at += writes[i++].value_bytes)
        writes[i].value = records->data + at;
    return merge_list(&a, n, list, n_list) ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "registering a program: out of memory");
}

hb_status hb_registry_check(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *head, hb_error *err)
{
    hb_reader r = head->c.programs;
    hb_program_ref p;
    hb_status st = HB_OK;
    while (st == HB_OK && hb_commitment_next_program(&r, &p)) {
        hb_buf bytes = {0};
        record rec;
        st = hb_registry_load(m, txn, head, p.id, false, &bytes, err);
        if (st == HB_OK && (!bytes.len || !parse(bytes.data, bytes.len, &rec) || !hb_text_equal(rec.current.version, p.version) || rec.current.flags != p.flags ||
                            memcmp(rec.current.vkey, p.vkey, 32) != 0))
            st = hb_fail(err, HB_IO, "damaged: version %" PRIu64 " names program %.*s otherwise than its registry", head->c.version, (int)p.id.len, p.id.data);
        hb_buf_free(&bytes);
    }
    return st;
}

typedef struct lookup {
    hb_state_manager *m;
    hb_text id, version;
    void (*found)(void *ctx, const char *version);
    void *found_ctx;
    uint8_t *vkey;
    bool known;
} lookup;

static hb_status look_up(hb_store_txn *txn, void *ctx, hb_error *err)
{
    lookup *l = ctx;
    hb_state_head head;
    hb_buf bytes = {0};
    record rec;
    hb_program_ref p;
    char text[HB_PROGRAM_VERSION_MAX + 1];
    hb_status st = hb_state_load(txn, HB_STATE_LATEST, &head, err);
    if (st == HB_OK)
        st = hb_registry_load(l->m, txn, &head, l->id, true, &bytes, err);
    if (st == HB_OK && bytes.len && parse(bytes.data, bytes.len, &rec)) {
        hb_reader r = rec.versions;
        while (next_version(&r, rec.id, &p)) {
            if (l->found && p.version.len < sizeof text) {
                memcpy(text, p.version.data, p.version.len);
                text[p.version.len] = 0;
                l->found(l->found_ctx, text);
            } else if (l->vkey && hb_text_equal(p.version, l->version)) {
                memcpy(l->vkey, p.vkey, 32);
                l->known = true;
            }
        }
    }
    hb_buf_free(&bytes);
    return st;
}

hb_status hb_registry_versions(void *manager, const char *id, void (*found)(void *ctx, const char *version), void *found_ctx, hb_error *err)
{
    lookup l = {.m = manager, .id = hb_text_of(id), .found = found, .found_ctx = found_ctx};
    return hb_store_read(l.m->store, look_up, &l, err);
}

hb_status hb_registry_key(void *manager, const char *id, const char *version, uint8_t vkey[32], hb_error *err)
{
    lookup l = {.m = manager, .id = hb_text_of(id), .version = hb_text_of(version), .vkey = vkey};
    const hb_status st = hb_store_read(l.m->store, look_up, &l, err);
    if (st == HB_OK && !l.known)
        return hb_fail(err, HB_INVALID_ARGUMENT, "version %s of program %s is not registered", version, id);
    return st;
}
