/* The opening's verifier on proofs with edits: whatever is changed in an honest proof, it is rejected, and nothing outside the proof and the scratch is touched.
 * Without grinding, so that edits get past it. Input: a length, then edits of six bytes: offset, what to add to the byte there (0: a cut-out word). */
#include "pcs/pcs_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const hb_pcs_params few = {.queries = {5, 4, 3, 3}};
static pcs_case x;
static hb_pcs_committed committed[HB_COMMITMENTS];
static hb_buf honest;

static void prepare(void)
{
    const hb_stack_shape shapes[] = {{5000, {1, 0, 3}, false}, {100, {0, 2, 0}, false}, {1, {2, 0, 0}, true}};
    hb_arena arena;
    if (!pcs_case_make(&x, shapes, 3, 3) || hb_arena_init(&arena, (size_t)1 << 28) != HB_OK)
        abort();
    pcs_case_evaluate(&x);
    for (int c = 0; c < HB_COMMITMENTS; c++)
        if (hb_pcs_commit(c, &x.stack, x.tables, HB_PCS_KEEP_CODEWORDS, NULL, &arena, &committed[c], NULL) != HB_OK)
            abort();
    hb_sender s = {.proof = &honest};
    pcs_case_absorb(&s.t, &x, (const hb_pcs_cap[])PCS_CASE_CAPS(committed));
    if (hb_pcs_open(&s, &few, &x.stack, x.tables, committed, &x.point, (const hb_k *const *)x.tile_values, &arena, NULL) != HB_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!honest.len)
        prepare();
    const hb_pcs_cap cap[] = PCS_CASE_CAPS(committed);
    hb_reader r = hb_reader_of(data, size);
    uint32_t length = 0, offset;
    uint16_t change;
    (void)hb_read_u32(&r, &length);
    hb_buf proof = {0};
    if (hb_buf_append(&proof, honest.data, honest.len) != HB_OK)
        abort();
    while (hb_read_u32(&r, &offset) && hb_read_u16(&r, &change)) {
        offset %= (uint32_t)proof.len;
        if (change == 0 && proof.len >= (size_t)offset + 5) {
            memmove(proof.data + offset, proof.data + offset + 4, proof.len - offset - 4);
            proof.len -= 4;
        }
        proof.data[offset] = (uint8_t)(proof.data[offset] + change);
    }
    if (length % 4 == 1)
        proof.len = length / 4 % (proof.len + 1);
    const bool same = proof.len == honest.len && memcmp(proof.data, honest.data, honest.len) == 0;
    uint8_t *exact = malloc(proof.len + !proof.len); /* so that the sanitizer sees a step behind the end */
    if (!exact)
        abort();
    memcpy(exact, proof.data, proof.len);
    if ((pcs_case_verify(&x, &few, cap, x.values, &(hb_buf){exact, proof.len, proof.len}) == 0) != same)
        abort();
    free(exact);
    hb_buf_free(&proof);
    return 0;
}
