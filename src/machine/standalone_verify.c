/* The public face of the verifier: everything that it needs in one span of the caller's memory. Freestanding. */
#include <string.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "hauptbuch/verify.h"
#include "machine/machine_verify.h"

struct hb_verifier {
    hb_machine_airs airs;
    hb_proof_view view; /* here and not on the stack: 8 KiB */
    hb_scratch scratch;
};

_Static_assert(sizeof(hb_verifier) + 4 * HB_SCRATCH_ALIGN + HB_MACHINE_AIRS_BYTES + HB_VERIFY_SCRATCH_BYTES <= HB_VERIFIER_BYTES,
               "HB_VERIFIER_BYTES holds the rules and the scratch of a check");

hb_verifier *hb_verifier_init(void *memory, size_t bytes)
{
    hb_scratch all = hb_scratch_of(memory, bytes);
    if (!memory || bytes < HB_VERIFIER_BYTES)
        return NULL;
    hb_verifier *verifier = hb_scratch_alloc(&all, sizeof *verifier);
    if (!verifier || hb_machine_airs_init(&verifier->airs, &all, NULL) != HB_OK)
        return NULL;
    verifier->scratch = all;
    return verifier;
}

/* reason 0: accepted. */
static void fill(hb_verdict *verdict, uint32_t reason, const hb_proof_view *view)
{
    memset(verdict, 0, sizeof *verdict);
    verdict->reason = reason;
    verdict->text = reason ? hb_reject_text(reason) : "accepted";
    if (reason)
        return;
    verdict->accepted = 1;
    verdict->exit_code = view->statement.exit_code;
    verdict->public_values = view->public_bytes;
    verdict->public_bytes = view->n_public_bytes;
    for (int i = 0; i < 8; i++)
        hb_store_le32(verdict->public_digest + 4 * i, view->statement.public_digest[i]);
}

int hb_verifier_check(hb_verifier *verifier, const uint8_t *proof, size_t proof_bytes, const uint8_t vkey[32], uint32_t exit_code, hb_verdict *verdict)
{
    hb_verify_request request = {.exit_code = exit_code};
    hb_error err = {.status = HB_OK};
    memcpy(request.vkey, vkey, sizeof request.vkey);
    const hb_status st = hb_machine_verify(&verifier->airs, proof, proof_bytes, &request, verifier->scratch, &verifier->view, &err);
    /* A rejection always has a reason (hb_reject asserts it); were it to be lost, the answer must not be yes. */
    fill(verdict, st == HB_OK ? 0 : err.reason ? err.reason : HB_R_MALFORMED_PROOF, &verifier->view);
    return st == HB_OK;
}
