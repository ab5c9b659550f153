/* Checking a ledger from outside, with nothing but commitments, receipts and proofs: what an auditor does. Hosted (it takes memory for the verifier); the
 * checks themselves are the freestanding functions of state_proof.h, state_commitment.h, transition.h and machine_verify.h. */
#pragma once
#include "base/buf.h"
#include "ledger/state_manager.h"
#include "ledger/state_proof.h"

/* The two verifiers that a state needs: Merkle proofs (hb_verify_merkle_proof, state_proof.h: needs no object) and zk proofs. One thread at a time. */
typedef struct hb_verification_system hb_verification_system;
hb_status hb_verification_system_create(hb_verification_system **out, hb_error *err);
void hb_verification_system_destroy(hb_verification_system *s);

/* The proof file under this key and exit code. *public_values (may be NULL) leads into the file. HB_REJECTED: reasons of hb_machine_verify. */
hb_status hb_verify_cryptographic_proof(hb_verification_system *s, hb_span proof, const uint8_t vkey[32], uint32_t exit_code, hb_span *public_values, hb_error *err);

typedef struct hb_state_verifier {
    hb_verification_system *system;
    const uint8_t *genesis; /* digest that the first commitment must have; NULL: any */
    bool allow_admin;       /* administrative versions after the first commitment are accepted */
} hb_state_verifier;

/* A claim about state and its proof. */
typedef struct hb_state_proof {
    hb_span merkle;             /* data NULL: none */
    const hb_state_cell *cells; /* strictly ascending by key; before_present and before_hash are what is claimed */
    size_t n_cells;
    hb_span zk;                 /* proof file of the transition; data NULL: none */
} hb_state_proof;

/* Commitment: its format, and that it follows `previous` (NULL: it is the first, and has the digest `genesis`). HB_REJECTED: COMMITMENT_FORMAT, TRUNCATED,
 * TRAILING_BYTES, COMMITMENT_GENESIS, COMMITMENT_VERSION, TIMESTAMP, COMMITMENT_CHAIN, PROGRAMS_CHANGED, ADMIN_VERSION. */
hb_status hb_verify_state_commitment(const hb_state_verifier *v, const hb_state_commitment *previous, hb_span bytes, hb_state_commitment *out, hb_error *err);

/* Proof: Merkle proof of the cells against the root (reasons of state_proof.h, STATE_VALUE), zk proof of the receipt's statement (reasons of the machine's
 * verifier, PUBLIC_BYTES when it proves other public values). receipt may be NULL without a zk proof. */
hb_status hb_verify_state_proof(const hb_state_verifier *v, const uint8_t root[32], const hb_state_proof *proof, const hb_receipt *receipt, hb_error *err);

/* hb_verify_state_consistency is in transition.h. */

/* One step from `previous` to the commitment in `bytes`: all three checks. receipt: of a program's version, else data NULL. *out: the commitment. */
hb_status hb_verify_state(const hb_state_verifier *v, const hb_state_commitment *previous, hb_span bytes, hb_span receipt, const hb_state_proof *proof,
                          hb_state_commitment *out, hb_error *err);

/* A chain: magic "hbchain1", then for every version in order: 4+n commitment, 4+n receipt (0 unless made by a program), 8+n proof file (likewise). */
#define HB_CHAIN_MAGIC "hbchain1"

/* Appends the chain of versions from..to (HB_STATE_LATEST or less). Proofs must not have been pruned. */
hb_status hb_state_chain_export(hb_state_manager *m, uint64_t from, uint64_t to, hb_buf *out, hb_error *err);

typedef struct hb_chain_report {
    uint64_t first, last, steps, proofs; /* versions, number of steps, proofs verified */
    uint8_t first_root[32], last_root[32], last_digest[32];
} hb_chain_report;

/* Every step of the chain, and that no statement occurs twice (REPLAY). The first commitment is the start that the caller trusts (v->genesis). On a
 * rejection err->offset is the version that it is about. */
hb_status hb_verify_chain(const hb_state_verifier *v, hb_span chain, hb_chain_report *report, hb_error *err);
