#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/ledger_hash.h"
#include "ledger/transition.h"

hb_status hb_state_values_read(const uint8_t *public_values, size_t len, hb_state_values *out, hb_error *err)
{
    if (len < 96)
        return HB_REJECT(err, HB_R_NO_STATE_VALUES);
    *out = (hb_state_values){public_values, public_values + 32, public_values + 64};
    return HB_OK;
}

size_t hb_storage_namespace(char out[HB_STORAGE_NAMESPACE_MAX], hb_text id)
{
    memcpy(out, "storage/", 8);
    memcpy(out + 8, id.data, id.len);
    return 8 + id.len;
}

static bool read_id(hb_reader *r, hb_text *out)
{
    uint8_t len;
    const uint8_t *p;
    if (!hb_read_u8(r, &len) || !hb_read_span(r, len, &p))
        return false;
    *out = (hb_text){(const char *)p, len};
    return true;
}

bool hb_write_next(hb_write_list *list, hb_write_entry *out)
{
    hb_reader *r = &list->entries;
    uint16_t name;
    uint8_t op;
    uint32_t value;
    char space[HB_STORAGE_NAMESPACE_MAX];
    if (!hb_reader_left(r) || !hb_read_u16(r, &name) || !hb_read_span(r, name, &out->name.data) || !hb_read_u8(r, &op) || op > 1)
        return false;
    out->name.len = name;
    out->value = (hb_span){NULL, 0};
    if (op == 1) {
        if (!hb_read_u32(r, &value) || value > HB_VALUE_BYTES_MAX || !hb_read_span(r, value, &out->value.data))
            return false;
        out->value.len = value;
    }
    hb_ledger_key(out->key, space, hb_storage_namespace(space, list->program), out->name.data, name);
    return true;
}

hb_status hb_write_list_parse(const uint8_t *bytes, size_t len, hb_write_list *out, hb_error *err)
{
    hb_reader r = hb_reader_of(bytes, len);
    const uint8_t *magic;
    memset(out, 0, sizeof *out);
    if (!hb_read_span(&r, 8, &magic) || memcmp(magic, HB_WRITES_MAGIC, 8) != 0 || !read_id(&r, &out->program) || !hb_program_id_valid(out->program) ||
        !hb_read_u32(&r, &out->n) || out->n > HB_WRITES_MAX)
        return HB_REJECT(err, HB_R_WRITES_FORMAT);
    out->entries = r;
    hb_write_list walk = *out;
    hb_write_entry e;
    uint8_t last[32];
    for (uint32_t i = 0; i < out->n; i++) {
        if (!hb_write_next(&walk, &e) || (i && memcmp(last, e.key, 32) >= 0))
            return HB_REJECT(err, HB_R_WRITES_FORMAT);
        memcpy(last, e.key, 32);
    }
    if (hb_reader_left(&walk.entries))
        return HB_REJECT(err, HB_R_WRITES_FORMAT);
    hb_blake3_hash(out->digest, bytes, len);
    return HB_OK;
}

void hb_statement_digest(uint8_t out[32], const uint8_t vkey[32], uint32_t exit_code, const void *public_values, size_t len)
{
    hb_blake3 h;
    uint8_t code[4];
    hb_store_le32(code, exit_code);
    hb_blake3_init(&h);
    hb_blake3_update(&h, "hauptbuch statement", 19);
    hb_blake3_update(&h, vkey, 32);
    hb_blake3_update(&h, code, 4);
    hb_blake3_update(&h, public_values, len);
    hb_blake3_final(&h, out);
}

hb_status hb_receipt_parse(const uint8_t *bytes, size_t len, hb_receipt *out, hb_error *err)
{
    hb_reader r = hb_reader_of(bytes, len);
    const uint8_t *magic;
    uint64_t n;
    memset(out, 0, sizeof *out);
    if (!hb_read_span(&r, 8, &magic) || memcmp(magic, HB_RECEIPT_MAGIC, 8) != 0 || !read_id(&r, &out->program) || !read_id(&r, &out->version) ||
        !hb_read_u8(&r, &out->flags) || !hb_read_span(&r, 32, &out->vkey) || !hb_read_u32(&r, &out->exit_code) || !hb_read_u64(&r, &n) ||
        n != hb_reader_left(&r) || !hb_read_span(&r, (size_t)n, &out->public_values.data))
        return HB_REJECT(err, HB_R_RECEIPT);
    out->public_values.len = (size_t)n;
    hb_blake3_hash(out->digest, bytes, len);
    hb_statement_digest(out->statement, out->vkey, out->exit_code, out->public_values.data, out->public_values.len);
    return HB_OK;
}

static hb_status roots_agree(const hb_state_commitment *previous, const hb_state_commitment *next, const hb_receipt *receipt, hb_error *err)
{
    hb_state_values values = {0};
    if (!(receipt->flags & HB_PROGRAM_USES_STATE))
        return memcmp(previous->root, next->root, 32) == 0 ? HB_OK : HB_REJECT(err, HB_R_POST_ROOT);
    const hb_status st = hb_state_values_read(receipt->public_values.data, receipt->public_values.len, &values, err);
    if (st != HB_OK)
        return st;
    if (memcmp(values.before, previous->root, 32) != 0)
        return HB_REJECT(err, HB_R_PRE_ROOT);
    return memcmp(values.after, next->root, 32) == 0 ? HB_OK : HB_REJECT(err, HB_R_POST_ROOT);
}

hb_status hb_verify_state_consistency(const hb_state_commitment *previous, const hb_state_commitment *next, const hb_receipt *receipt, hb_error *err)
{
    hb_program_ref program;
    if (next->kind != HB_VERSION_PROGRAM || next->version != previous->version + 1 || memcmp(previous->root, next->parent_root, 32) != 0)
        return HB_REJECT(err, HB_R_RESULT_MISMATCH);
    if (memcmp(receipt->digest, next->receipt, 32) != 0)
        return HB_REJECT(err, HB_R_RECEIPT);
    if (!hb_commitment_find_program(previous, receipt->program, &program))
        return HB_REJECT(err, HB_R_PROGRAM_UNKNOWN);
    if (!hb_text_equal(program.version, receipt->version) || program.flags != receipt->flags)
        return HB_REJECT(err, HB_R_PROGRAM_VERSION);
    if (memcmp(program.vkey, receipt->vkey, 32) != 0)
        return HB_REJECT(err, HB_R_WRONG_KEY);
    if (receipt->exit_code != 0)
        return HB_REJECT(err, HB_R_EXIT_CODE);
    return roots_agree(previous, next, receipt, err);
}
