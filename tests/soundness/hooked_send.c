/* The prover's half of the transcript, which can be told not to do the work that grinding asks for. */
#define HB_TEST_HOOKS
#define hb_send_grind plain_send_grind
#include "transcript/send.c"
#undef hb_send_grind

#include "tests/soundness/conversation.h"

hb_status hb_send_grind(hb_sender *s, hb_label label, uint32_t bits);

static bool lazy;

void conversation_grind_lazily(bool on)
{
    lazy = on;
}

hb_status hb_send_grind(hb_sender *s, hb_label label, uint32_t bits)
{
    static hb_tape empty; /* replaying an empty tape accepts any nonce and changes no challenge */
    if (!lazy || !bits)
        return plain_send_grind(s, label, bits);
    hb_transcript_tape(&empty, HB_TAPE_REPLAY);
    hb_transcript_flush(&s->t);
    const bool taken = hb_transcript_take_nonce(&s->t, label, bits, 0);
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    return taken ? hb_send_raw(s, (const uint32_t[2]){0, 0}, 2) : HB_INTERNAL;
}
