/* Messages of an honest proof that are changed so that a verifier with frozen challenges (tape of transcript.h) goes on accepting: what only the transcript
 * forbids (attacks.md D1). */
#pragma once
#include "tests/soundness/conversation.h"

#include "base/bytes.h"
#include "gkr/gkr_algebra.h"
#include "machine/layout.h"
#include "tests/soundness/proof_case.h"

/* An honest proof and everything that was said when it was verified. */
typedef struct frozen {
    proof_case *c;
    const conversation *talk;
    uint8_t *words; /* the proof's words, in a copy that the forgers change */
    hb_buf file;    /* that copy, the whole file */
    /* known from the conversation */
    hb_k xi[HB_GKR_DEPTH_MAX + 1]; /* where the trees ended */
    uint32_t depth;
} frozen;

/* Coefficients are words: element i of reading r. */
static inline hb_k frozen_get(const frozen *f, const reading *r, size_t i)
{
    uint32_t w[HB_K_DEGREE];
    hb_k x;
    for (size_t j = 0; j < HB_K_DEGREE; j++)
        w[j] = hb_load_le32(f->words + r->offset + 4 * (HB_K_DEGREE * i + j));
    assert_true(hb_k_from_words(&x, w));
    return x;
}

static inline void frozen_put(frozen *f, const reading *r, size_t i, hb_k x)
{
    uint32_t w[HB_K_DEGREE];
    hb_k_to_words(w, x);
    for (size_t j = 0; j < HB_K_DEGREE; j++)
        hb_store_le32(f->words + r->offset + 4 * (HB_K_DEGREE * i + j), w[j]);
}

static inline void frozen_add(frozen *f, const reading *r, size_t i, hb_k x)
{
    frozen_put(f, r, i, hb_k_add(frozen_get(f, r, i), x));
}

/* The k-th challenge with this label, from talk `from` on. */
static inline hb_k frozen_challenge(const frozen *f, size_t from, hb_label label, uint32_t k)
{
    for (size_t i = from; i < f->talk->n_talks; i++) {
        const talk *e = &f->talk->talks[i];
        hb_k r;
        if (e->kind != TALK_CHALLENGE || e->label != (uint32_t)label || k--)
            continue;
        memcpy(r.c, f->talk->words + e->at, sizeof r.c);
        return r;
    }
    fail_msg("no challenge %d", (int)label);
    return hb_k_zero();
}

/* a / b */
static inline hb_k frozen_div(hb_k a, hb_k b)
{
    return hb_k_mul(a, hb_k_inv(b));
}

/* An element that is no special value. */
static inline hb_k frozen_some(void)
{
    return (hb_k){{HB_F_CONST(3), HB_F_CONST(1), HB_F_CONST(4), HB_F_CONST(1), HB_F_CONST(5)}};
}

/* The proof under attack and its conversation, one a test program. */
static proof_case the_case;
static conversation honest;
static hb_tape tape;
static size_t words_at; /* offset of the proof's words in the file */

static inline int frozen_make(void **state)
{
    (void)state;
    proof_case_make(&the_case, 1, 7);
    conversation_listen(&honest);
    assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, NULL));
    conversation_listen(NULL);
    assert_false(honest.overflow);
    hb_proof_view view;
    assert_int_equal(hb_proof_parse(the_case.proof.data, the_case.proof.len, &view, NULL), HB_OK);
    words_at = the_case.proof.len - 4 * (size_t)view.n_words;
    return 0;
}

static inline int frozen_drop(void **state)
{
    (void)state;
    proof_case_free(&the_case);
    return 0;
}
