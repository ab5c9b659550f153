/* The state of one version as a file.
 *
 *   8    magic "hbexport"
 *   4+n  the version's state commitment
 *   for every entry, strictly ascending by key: 1 (1 byte), key (32), 4+n value
 *   0    (1 byte)
 *   32   BLAKE3 of everything before
 * Integers little-endian. */
#include <stdlib.h>
#include <string.h>

#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/state_priv.h"

#define MAGIC "hbexport"

typedef struct exporting {
    hb_state_manager *m;
    uint64_t version;
    hb_status (*write)(void *ctx, const void *data, size_t n, hb_error *err);
    void *ctx;
    hb_blake3 hash;
} exporting;

static hb_status emit(exporting *x, const void *data, size_t n, hb_error *err)
{
    hb_blake3_update(&x->hash, data, n);
    return x->write(x->ctx, data, n, err);
}

static hb_status emit_entry(void *ctx, const hb_tree_leaf *leaf, hb_error *err)
{
    exporting *x = ctx;
    uint8_t head[37] = {1};
    memcpy(head + 1, leaf->key, 32);
    hb_store_le32(head + 33, (uint32_t)leaf->value_bytes);
    const hb_status st = emit(x, head, sizeof head, err);
    return st == HB_OK ? emit(x, leaf->value, leaf->value_bytes, err) : st;
}

static hb_status export_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    exporting *x = ctx;
    hb_state_source reader;
    hb_state_head head;
    uint8_t front[12] = MAGIC, digest[32];
    static const uint8_t end;
    const hb_tree_source source = hb_state_source_of(&reader, x->m, txn, false);
    hb_status st = hb_state_load_readable(txn, x->version, &head, err);
    if (st != HB_OK)
        return st;
    hb_store_le32(front + 8, (uint32_t)head.bytes.len);
    st = emit(x, front, sizeof front, err);
    if (st == HB_OK)
        st = emit(x, head.bytes.data, head.bytes.len, err);
    if (st == HB_OK)
        st = hb_tree_each(&source, &head.root, emit_entry, x, err);
    if (st == HB_OK)
        st = emit(x, &end, 1, err);
    hb_blake3_final(&x->hash, digest);
    return st == HB_OK ? x->write(x->ctx, digest, 32, err) : st;
}

hb_status hb_state_export(hb_state_manager *m, uint64_t version, hb_status (*write)(void *ctx, const void *data, size_t n, hb_error *err), void *ctx, hb_error *err)
{
    exporting x = {.m = m, .version = version, .write = write, .ctx = ctx};
    hb_blake3_init(&x.hash);
    return hb_store_read(m->store, export_in, &x, err);
}

typedef struct importing {
    hb_state_manager *m;
    uint64_t timestamp;
    hb_state_commitment c; /* of the file */
    hb_state_write *file;  /* its entries */
    size_t n_file;
    uint8_t (*now)[32];    /* keys of the state that it replaces */
    size_t n_now, room_now;
    hb_buf copy;
    hb_state_made made;
} importing;

static hb_status bad_file(hb_error *err)
{
    return hb_fail(err, HB_INVALID_ARGUMENT, "this is not an exported state, or it is damaged");
}

/* Entries in place; the first pass (file NULL) counts. */
static bool read_entries(hb_reader r, importing *x)
{
    uint8_t tag;
    uint32_t n;
    const uint8_t *key, *value, *last = NULL;
    for (x->n_file = 0; hb_read_u8(&r, &tag) && tag == 1; x->n_file++, last = key) {
        if (!hb_read_span(&r, 32, &key) || !hb_read_u32(&r, &n) || n > HB_VALUE_BYTES_MAX || !hb_read_span(&r, n, &value) || (last && memcmp(last, key, 32) >= 0))
            return false;
        if (x->file) {
            memcpy(x->file[x->n_file].key, key, 32);
            x->file[x->n_file].value = value;
            x->file[x->n_file].value_bytes = n;
        }
    }
    return tag == 0 && hb_reader_left(&r) == 0;
}

static hb_status read_file(importing *x, const uint8_t *file, size_t bytes, hb_error *err)
{
    uint8_t digest[32];
    const uint8_t *magic, *commitment;
    uint32_t n;
    hb_reader r = hb_reader_of(file, bytes < 32 ? 0 : bytes - 32);
    hb_blake3_hash(digest, file, hb_reader_left(&r));
    if (bytes < 32 || memcmp(digest, file + bytes - 32, 32) != 0 || !hb_read_span(&r, 8, &magic) || memcmp(magic, MAGIC, 8) != 0 || !hb_read_u32(&r, &n) ||
        !hb_read_span(&r, n, &commitment) || hb_state_commitment_parse(commitment, n, &x->c, NULL) != HB_OK || !read_entries(r, x))
        return bad_file(err);
    x->file = calloc(x->n_file + 1, sizeof *x->file);
    if (!x->file)
        return hb_fail(err, HB_OUT_OF_MEMORY, "importing: out of memory");
    return read_entries(r, x) ? HB_OK : bad_file(err);
}

static hb_status note_key(void *ctx, const hb_tree_leaf *leaf, hb_error *err)
{
    importing *x = ctx;
    if (x->n_now == x->room_now) {
        const size_t room = x->room_now ? 2 * x->room_now : 1024;
        void *more = realloc(x->now, room * 32);
        if (!more)
            return hb_fail(err, HB_OUT_OF_MEMORY, "importing: out of memory");
        x->now = more;
        x->room_now = room;
    }
    memcpy(x->now[x->n_now++], leaf->key, 32);
    return HB_OK;
}

/* The file's entries, and a delete for each key that it does not have. */
static hb_state_write *merge(const importing *x, size_t *n)
{
    hb_state_write *w = calloc(x->n_file + x->n_now + 1, sizeof *w);
    *n = 0;
    for (size_t i = 0, k = 0; w && (i < x->n_file || k < x->n_now);) {
        const int order = i == x->n_file ? 1 : k == x->n_now ? -1 : memcmp(x->file[i].key, x->now[k], 32);
        if (order <= 0)
            w[(*n)++] = x->file[i++];
        else
            memcpy(w[(*n)++].key, x->now[k], 32);
        k += order >= 0;
    }
    return w;
}

static hb_status import_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    importing *x = ctx;
    hb_state_source reader;
    hb_state_head parent;
    const hb_metadata metadata = {"import", "state"};
    hb_state_plan plan = {.kind = HB_VERSION_ADMIN, .timestamp = x->timestamp, .expected_root = x->c.root, .n_programs = x->c.n_programs,
                          .programs = {x->c.programs.p, hb_reader_left(&x->c.programs)}, .metadata = &metadata, .n_metadata = 1};
    const hb_tree_source source = hb_state_source_of(&reader, x->m, txn, false);
    hb_status st = hb_state_load_copy(txn, HB_STATE_LATEST, &x->copy, &parent, err);
    x->n_now = 0;
    if (st == HB_OK)
        st = hb_tree_each(&source, &parent.root, note_key, x, err);
    if (st != HB_OK)
        return st;
    hb_state_write *writes = merge(x, &plan.n_writes);
    plan.writes = writes;
    st = writes ? hb_state_commit(x->m, txn, &parent, &plan, &x->made, err) : hb_fail(err, HB_OUT_OF_MEMORY, "importing: out of memory");
    if (st == HB_REJECTED && err && err->reason == HB_R_POST_ROOT)
        st = hb_fail(err, HB_INVALID_ARGUMENT, "the entries of the exported state do not have the root that it names");
    free(writes);
    return st;
}

hb_status hb_state_import(hb_state_manager *m, const uint8_t *file, size_t bytes, uint64_t timestamp, uint64_t *version, hb_error *err)
{
    importing x = {.m = m, .timestamp = timestamp};
    hb_status st = read_file(&x, file, bytes, err);
    if (st == HB_OK)
        st = hb_state_transact(m, import_in, &x, err);
    if (st == HB_OK) {
        hb_store_write_head(m->store, x.made.version, x.made.digest);
        if (version)
            *version = x.made.version;
    }
    free(x.file);
    free(x.now);
    hb_buf_free(&x.copy);
    return st;
}
