/* The state commitment: what one version of the ledger is, in one record whose digest chains to the version before. Freestanding.
 *
 *   8   magic "hbcommit"
 *   8   version (0, 1, 2, ...)
 *   8   timestamp, seconds; never less than the previous one
 *   1   kind: 0 genesis (version 0 and no other), 1 admin, 2 program
 *   32  state root
 *   32  root of the version before (version 0: zero)
 *   32  digest of the commitment before (version 0: zero)
 *   32  receipt digest: BLAKE3 of the receipt (ledger/transition.h) when the kind is program, else zero
 *   4   number of programs, then for each, strictly ascending by id: id (1 byte length, text), version (1 byte length, text), flags (1), verifying key (32)
 *   4   number of metadata entries, then for each, strictly ascending by key: key (1 byte length, text), value (4 byte length, text)
 * Integers little-endian. digest = BLAKE3 of all of it. Programs are the current version of each registered one. */
#pragma once
#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"

#define HB_COMMITMENT_MAGIC "hbcommit"
#define HB_PROGRAM_ID_MAX 64u
#define HB_PROGRAM_VERSION_MAX 127u
#define HB_COMMITMENT_PROGRAMS_MAX 4096u
#define HB_COMMITMENT_METADATA_MAX 64u
#define HB_COMMITMENT_BYTES_MAX ((size_t)1 << 20)

/* The program reads or writes state: its public values begin with both roots and the digest of the writes. */
#define HB_PROGRAM_USES_STATE 1u

typedef enum hb_version_kind { HB_VERSION_GENESIS, HB_VERSION_ADMIN, HB_VERSION_PROGRAM } hb_version_kind;

typedef struct hb_text {
    const char *data; /* not terminated */
    size_t len;
} hb_text;

typedef struct hb_program_ref {
    hb_text id, version;
    uint8_t flags;
    const uint8_t *vkey; /* 32 bytes */
} hb_program_ref;

/* A view: the pointers lead into the parsed bytes. */
typedef struct hb_state_commitment {
    uint64_t version, timestamp;
    hb_version_kind kind;
    uint8_t root[32], parent_root[32], parent_digest[32], receipt[32];
    uint32_t n_programs, n_metadata;
    hb_reader programs, metadata; /* for the _next functions */
    uint8_t digest[32];
} hb_state_commitment;

/* HB_OK, or HB_REJECTED: COMMITMENT_FORMAT, TRUNCATED, TRAILING_BYTES. Only the format is checked, and what of the chain one record shows by itself. */
hb_status hb_state_commitment_parse(const uint8_t *bytes, size_t len, hb_state_commitment *out, hb_error *err);

/* Takes the next entry off a copy of .programs or .metadata of a parsed commitment; false at the end. */
bool hb_commitment_next_program(hb_reader *programs, hb_program_ref *out);
bool hb_commitment_next_metadata(hb_reader *metadata, hb_text *key, hb_text *value);
/* The program with this id; false: not registered. */
bool hb_commitment_find_program(const hb_state_commitment *c, hb_text id, hb_program_ref *out);

static inline bool hb_text_equal(hb_text a, hb_text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Negative, 0 or positive as strcmp. */
int hb_text_order(hb_text a, hb_text b);

/* [a-z0-9][a-z0-9_.-]{0,63} */
bool hb_program_id_valid(hb_text id);

/* Is `next` the version after `previous`: number, time, root and digest of the parent, programs unchanged unless administrative?
 * HB_REJECTED: COMMITMENT_VERSION, TIMESTAMP, COMMITMENT_CHAIN, PROGRAMS_CHANGED. */
hb_status hb_state_commitment_follows(const hb_state_commitment *previous, const hb_state_commitment *next, hb_error *err);
