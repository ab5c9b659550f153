/* Proofs of state: inclusion or absence of keys against a root, and the root after new values for the same keys. Freestanding.
 *
 * A proof is relative to a root and a set of keys that both sides know; for one root and one set there is exactly one proof, and a longer, shorter,
 * reordered or differently cut one is rejected. Bytes:
 *
 *   8 bytes  magic "hbstate1"
 *   node     the root, then recursively, in preorder:
 *     00                         empty subtree
 *     01 key value_hash          a leaf (32 + 32 bytes)
 *     02 left right              an inner node, both children follow
 *     03 hash                    a subtree without any of the keys, not empty (32 bytes)
 *     04 left_hash right_hash    the same, and shown to be an inner node (32 + 32 bytes)
 *
 * A subtree that one of the keys runs through is 00, 01 or 02; one beside is 00, 01, 03 or 04. Which: beside a subtree that consists of leaves of
 * the proof's keys only (so that deleting them all leaves the sibling alone) it is 00, 01 or 04, as one must know whether it moves up;
 * otherwise 00 or 03. An inner node has two leaves below it or more.
 *
 * Stack: recursion up to 256 levels, at most 96 KiB. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define HB_STATE_PROOF_MAGIC "hbstate1"

enum hb_state_proof_tag { HB_SP_EMPTY, HB_SP_LEAF, HB_SP_INNER, HB_SP_OTHER, HB_SP_OTHER_INNER };

/* One key of a proof. Whoever calls fills key and, for an update, after_*; the proof fills before_*. */
typedef struct hb_state_cell {
    uint8_t key[32];
    bool before_present, after_present;
    uint8_t before_hash[32]; /* BLAKE3 of the value; zero when absent */
    uint8_t after_hash[32];
} hb_state_cell;

/* Reads the proof for cells[0..n), n >= 1, keys strictly ascending, and fills before_* of each. HB_OK when it is the proof of these keys against
 * `root`; else HB_REJECTED: BAD_MAGIC, TRUNCATED, TRAILING_BYTES, STATE_KEYS (keys not ascending, or none), STATE_SHAPE (not the one way to
 * write it) or STATE_ROOT. */
hb_status hb_state_proof_read(const uint8_t *proof, size_t bytes, hb_state_cell *cells, size_t n, const uint8_t root[32], hb_error *err);

/* The same without a root to compare with: before_root and after_root receive the roots before and after the cells' new values. Cells whose
 * after_* equal their before_* are not changed. after_root may be NULL: then after_* is not looked at. before_* is filled as above and
 * after_* must be set before. */
hb_status hb_state_proof_update(const uint8_t *proof, size_t bytes, hb_state_cell *cells, size_t n, uint8_t before_root[32], uint8_t after_root[32],
                                hb_error *err);

/* One key: the value (NULL: absent) is what the root holds for it. HB_REJECTED as above, or STATE_VALUE when the root holds something else. */
hb_status hb_verify_merkle_proof(const uint8_t *proof, size_t bytes, const uint8_t root[32], const uint8_t key[32], const void *value,
                                 size_t value_bytes, hb_error *err);
