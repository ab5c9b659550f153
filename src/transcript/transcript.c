#include "transcript/transcript.h"

#include <string.h>

#include "hash/blake3c.h"

#define SQUEEZE_BIT UINT32_C(0x80000000) /* keeps labels apart from tags */
#define SQUEEZE_BITS 256u
#define CHALLENGE_BITS 51u

#ifdef HB_TEST_HOOKS
static hb_tape *tape_now;
static hb_tape_mode tape_mode;

void hb_transcript_tape(hb_tape *tape, hb_tape_mode mode)
{
    tape_now = tape;
    tape_mode = tape ? mode : HB_TAPE_OFF;
    if (tape && mode == HB_TAPE_RECORD)
        tape->used = 0;
    if (tape)
        tape->at = 0;
}

/* Notes the words, or replaces them by those noted. */
static void tape_pass(uint32_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tape_mode == HB_TAPE_RECORD && tape_now->used < HB_TAPE_CAP)
            tape_now->words[tape_now->used++] = words[i];
        else if (tape_mode == HB_TAPE_REPLAY && tape_now->at < tape_now->used)
            words[i] = tape_now->words[tape_now->at++];
    }
}
#define TAPE_PASS(words, n) tape_pass(words, n)
#define TAPE_REPLAYS() (tape_mode == HB_TAPE_REPLAY)
#else
#define TAPE_PASS(words, n) ((void)0)
#define TAPE_REPLAYS() false
#endif

void hb_transcript_init(hb_transcript *t)
{
    static const uint32_t iv[8] = HB_BLAKE3_IV;
    memset(t, 0, sizeof *t);
    memcpy(t->cv, iv, sizeof iv);
}

/* Compresses the pending words under `flags`; out: all 16 output words. */
static void close_block(hb_transcript *t, uint32_t flags, uint32_t out[16])
{
    memset(t->block + t->fill, 0, (16 - t->fill) * sizeof(uint32_t));
    hb_blake3_compress(out, t->cv, t->block, t->counter, 4 * t->fill, flags);
    memcpy(t->cv, out, sizeof t->cv);
    t->counter++;
    t->fill = 0;
}

static void push(hb_transcript *t, uint32_t word)
{
    uint32_t out[16];
    t->block[t->fill++] = word;
    if (t->fill == 16)
        close_block(t, HB_HASH_ABSORB, out);
}

void hb_transcript_absorb(hb_transcript *t, hb_tag tag, const uint32_t *words, size_t n)
{
    push(t, (uint32_t)tag);
    push(t, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        push(t, words[i]);
}

void hb_transcript_absorb_k(hb_transcript *t, hb_tag tag, const hb_k *values, size_t n)
{
    push(t, (uint32_t)tag);
    push(t, (uint32_t)(HB_K_DEGREE * n));
    for (size_t i = 0; i < n; i++) {
        uint32_t words[HB_K_DEGREE];
        hb_k_to_words(words, values[i]);
        for (int j = 0; j < HB_K_DEGREE; j++)
            push(t, words[j]);
    }
}

/* bits: 256 fresh bits, little-endian. */
static void squeeze(hb_transcript *t, hb_label label, uint32_t bits[8])
{
    uint32_t out[16];
    push(t, (uint32_t)label | SQUEEZE_BIT);
    close_block(t, HB_HASH_SQUEEZE, out);
    memcpy(bits, out + 8, 8 * sizeof(uint32_t));
}

/* Bits [at, at + n) of the integer, n <= 57. */
static uint64_t slice(const uint32_t bits[8], uint32_t at, uint32_t n)
{
    uint64_t x = 0;
    for (uint32_t i = 0; i < 3 && at / 32 + i < 8; i++) {
        uint64_t w = bits[at / 32 + i];
        uint32_t up = 32 * i, down = at % 32;
        if (up < down)
            x |= w >> down;
        else if (up - down < 64)
            x |= w << (up - down);
    }
    return x & ((UINT64_C(1) << n) - 1);
}

hb_k hb_transcript_challenge(hb_transcript *t, hb_label label)
{
    uint32_t bits[8];
    hb_k r;
    squeeze(t, label, bits);
    for (uint32_t i = 0; i < HB_K_DEGREE; i++)
        r.c[i] = hb_f_from_u64(slice(bits, CHALLENGE_BITS * i, CHALLENGE_BITS));
    TAPE_PASS(r.c, HB_K_DEGREE);
    return r;
}

void hb_transcript_indices(hb_transcript *t, hb_label label, uint32_t n, uint32_t bits, uint32_t *out)
{
    uint32_t per_squeeze = SQUEEZE_BITS / bits, drawn[8];
    for (uint32_t i = 0; i < n; i++) {
        if (i % per_squeeze == 0)
            squeeze(t, label, drawn);
        out[i] = (uint32_t)slice(drawn, bits * (i % per_squeeze), bits);
    }
    TAPE_PASS(out, n);
}

void hb_transcript_flush(hb_transcript *t)
{
    uint32_t out[16];
    close_block(t, HB_HASH_FLUSH, out);
}

void hb_transcript_grind_block(uint32_t block[16], hb_label label, uint32_t bits, uint64_t nonce)
{
    memset(block, 0, 16 * sizeof(uint32_t));
    block[0] = (uint32_t)nonce;
    block[1] = (uint32_t)(nonce >> 32);
    block[2] = bits;
    block[3] = (uint32_t)label;
}

bool hb_transcript_take_nonce(hb_transcript *t, hb_label label, uint32_t bits, uint64_t nonce)
{
    uint32_t block[16], out[16];
    hb_transcript_grind_block(block, label, bits, nonce);
    hb_blake3_compress(out, t->cv, block, t->counter, HB_GRIND_BYTES, HB_HASH_GRIND);
    if ((uint64_t)out[8] << bits >> 32 && !TAPE_REPLAYS())
        return false;
    memcpy(t->cv, out, sizeof t->cv);
    t->counter++;
    return true;
}
