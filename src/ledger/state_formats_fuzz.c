/* Hostile bytes as state proof, commitment, list of writes, receipt and chain: every answer is yes or no, nothing is read outside, and what is accepted is canonical. */
#include "base/check.h"
#include "ledger/state_proof.h"
#include "ledger/state_verifier.h"
#include "ledger/transition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how many keys; they are made of few bits, so that paths meet. */
static void proof(const uint8_t *data, size_t size)
{
    enum { KEYS = 6 };
    static uint8_t before[32], after[32], again[32];
    hb_state_cell cells[KEYS];
    memset(cells, 0, sizeof cells);
    const size_t n = size ? data[0] % KEYS + 1u : 1;
    for (size_t i = 0; i < n; i++) {
        cells[i].key[0] = (uint8_t)(i * 37);
        cells[i].after_present = size > 1 && data[1] >> i & 1;
        cells[i].after_hash[0] = (uint8_t)i;
    }
    const size_t skip = size < 2 ? size : 2;
    if (hb_state_proof_update(data + skip, size - skip, cells, n, before, after, NULL) != HB_OK)
        return;
    HB_ASSERT(hb_state_proof_read(data + skip, size - skip, cells, n, before, NULL) == HB_OK);
    for (size_t i = 0; i < n; i++) {
        cells[i].after_present = cells[i].before_present;
        memcpy(cells[i].after_hash, cells[i].before_hash, 32);
    }
    HB_ASSERT(hb_state_proof_update(data + skip, size - skip, cells, n, before, again, NULL) == HB_OK);
    HB_ASSERT(memcmp(before, again, 32) == 0); /* no change, the same root */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hb_state_commitment c;
    hb_write_list writes;
    hb_receipt receipt;
    hb_chain_report report;
    static hb_state_verifier verifier = {.allow_admin = true};
    if (!verifier.system)
        HB_ASSERT(hb_verification_system_create(&verifier.system, NULL) == HB_OK);
    proof(data, size);
    hb_state_commitment_parse(data, size, &c, NULL);
    hb_write_list_parse(data, size, &writes, NULL);
    hb_receipt_parse(data, size, &receipt, NULL);
    hb_verify_chain(&verifier, hb_span_of(data, size), &report, NULL);
    return 0;
}
