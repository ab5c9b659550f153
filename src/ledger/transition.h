/* A proven step of the state: the public values that speak of it, the list of writes, the receipt. Freestanding.
 *
 * Public values of a program that uses state begin with
 *   32  state root before, 32  state root after, 32  digest of the writes
 * and go on as the program likes.
 *
 * List of writes (digest: BLAKE3 of all of it):
 *   8   magic "hbwrites"
 *   1+n length and program id: the writes are in the namespace storage/<program id>
 *   4   number of writes, then for each, strictly ascending by key = key("storage/<program id>", name):
 *         2+n length and name, 1 operation (0 delete, 1 put), and for a put 4+n length and value
 *
 * Receipt (digest: BLAKE3 of all of it):
 *   8   magic "hbreceip"
 *   1+n program id, 1+n program version, 1 flags, 32 verifying key, 4 exit code (0), 8+n public values
 * Witness, the input chunk from which a guest knows its cells: 8 magic "hbwitnes", 4 number of cells, then for each, strictly ascending by key: 2+n name, 1 there
 *   (0 or 1), and if so 4+n value; then 4+n state proof (state_proof.h) of all their keys.
 *
 * Statement digest: BLAKE3("hauptbuch statement" || verifying key || exit code (4) || public values).
 * Integers little-endian. */
#pragma once
#include "base/bytes.h"
#include "ledger/span.h"
#include "ledger/state_commitment.h"

#define HB_WRITES_MAGIC "hbwrites"
#define HB_RECEIPT_MAGIC "hbreceip"
#define HB_WRITES_MAX (UINT32_C(1) << 20)
#define HB_VALUE_BYTES_MAX (UINT32_C(1) << 24)
#define HB_STORAGE_NAMESPACE_MAX (8u + HB_PROGRAM_ID_MAX)

typedef struct hb_state_values {
    const uint8_t *before, *after, *writes_digest; /* 32 bytes each, into the public values */
} hb_state_values;

/* HB_REJECTED NO_STATE_VALUES when they are shorter than 96 bytes. */
hb_status hb_state_values_read(const uint8_t *public_values, size_t len, hb_state_values *out, hb_error *err);

typedef struct hb_write_entry {
    hb_span name, value; /* value.data NULL: delete */
    uint8_t key[32];
} hb_write_entry;

typedef struct hb_write_list {
    hb_text program;
    uint32_t n;
    hb_reader entries; /* for hb_write_next */
    uint8_t digest[32];
} hb_write_list;

/* HB_REJECTED WRITES_FORMAT unless the bytes are exactly such a list. */
hb_status hb_write_list_parse(const uint8_t *bytes, size_t len, hb_write_list *out, hb_error *err);
/* Takes the next entry off list->entries (of a parsed list); false at the end. */
bool hb_write_next(hb_write_list *list, hb_write_entry *out);

/* "storage/<id>"; returns the length. */
size_t hb_storage_namespace(char out[HB_STORAGE_NAMESPACE_MAX], hb_text id);

typedef struct hb_receipt {
    hb_text program, version;
    uint8_t flags;
    const uint8_t *vkey;
    uint32_t exit_code;
    hb_span public_values;
    uint8_t digest[32], statement[32];
} hb_receipt;

/* HB_REJECTED RECEIPT unless the bytes are exactly a receipt. */
hb_status hb_receipt_parse(const uint8_t *bytes, size_t len, hb_receipt *out, hb_error *err);
void hb_statement_digest(uint8_t out[32], const uint8_t vkey[32], uint32_t exit_code, const void *public_values, size_t len);

/* Do receipt and commitments speak of the same step: the receipt is the one `next` names, its program is registered just so, exit code 0, and the roots
 * are those of its public values (a program without state leaves the root alone)?
 * HB_REJECTED: RECEIPT, PROGRAM_UNKNOWN, PROGRAM_VERSION, WRONG_KEY, EXIT_CODE, NO_STATE_VALUES, PRE_ROOT, POST_ROOT, RESULT_MISMATCH. */
hb_status hb_verify_state_consistency(const hb_state_commitment *previous, const hb_state_commitment *next, const hb_receipt *receipt, hb_error *err);
