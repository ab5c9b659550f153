/* The verifier of proof files on edited proofs: whatever is changed in an honest file, it is rejected for a reason, and nothing outside the file and the scratch is
 * touched. Input: a byte of modes, then edits of eight bytes (below). Modes:
 *   1  the rest of the input is the file itself, behind the honest magic and parameter id
 *   2  challenges are frozen as in the honest conversation and any nonce is taken, so that edits get past the first proof of work. A frozen verifier may accept
 *      edits that only the transcript forbids
 *   4  the number of words is made to fit after words were cut out or put in */
#define HB_TEST_HOOKS
#include "transcript/transcript.c"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "hash/sha256.h"
#include "machine/machine_prove.h"
#include "machine/machine_verify.h"
#include "rv/interp.h"
#include "rv/rvasm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MODE_RAW = 1, MODE_FROZEN = 2, MODE_FIT = 4 };

static hb_rv_program program;
static hb_machine_key key;
static hb_buf honest;
static hb_proof_view view;
static hb_verify_request request = {.exit_code = 3};
static size_t words_at; /* offset of the first proof's words */
static hb_tape tape;
static uint8_t *scratch;

static void must(bool ok)
{
    if (!ok)
        abort();
}

/* Commits to the digest of no public bytes and halts with 3; a few instructions of other kinds before. */
static void assemble(hb_rvasm *a)
{
    uint8_t digest[32];
    hb_rvasm_li(a, 6, UINT64_C(0x123456789abcdef1));
    hb_rvasm_op(a, HB_OP_MUL, 7, 6, 6, 0);
    hb_rvasm_op(a, HB_OP_SLTU, 7, 6, 7, 0);
    hb_rvasm_li(a, 8, HB_RV_STACK_TOP - 64);
    hb_rvasm_op(a, HB_OP_SB, 0, 8, 7, 7);
    hb_rvasm_op(a, HB_OP_LH, 7, 8, 0, 7);
    hb_sha256_hash(digest, NULL, 0);
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(a, 10, i);
        hb_rvasm_li(a, 11, hb_load_le32(digest + 4 * i));
        hb_rvasm_call(a, 0x10);
    }
    hb_rvasm_halt(a, 3);
}

static hb_status verify(const uint8_t *file, size_t len, hb_error *err)
{
    return hb_machine_verify(&key.airs, file, len, &request, hb_scratch_of(scratch, HB_VERIFY_SCRATCH_BYTES), &view, err);
}

static void prepare(void)
{
    static hb_rvasm a;
    hb_rv_run *run = NULL;
    const hb_rv_exec_options options = {.record = true};
    hb_error err;
    assemble(&a);
    scratch = malloc(HB_VERIFY_SCRATCH_BYTES);
    must(scratch && hb_rvasm_build(&a, &program, &err) == HB_OK && hb_rv_exec(&program, &options, &run, &err) == HB_OK);
    must(hb_machine_key_init(&key, &program, NULL, &err) == HB_OK);
    must(hb_machine_prove(&key, hb_rv_run_record(run), NULL, 0, NULL, NULL, &honest, NULL, &err) == HB_OK);
    memcpy(request.vkey, key.vkey, sizeof request.vkey);
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    must(verify(honest.data, honest.len, &err) == HB_OK);
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    words_at = (size_t)(view.words - honest.data);
    hb_rv_run_free(run);
    hb_rvasm_free(&a);
}

/* --- edits: what, a number of a place, a number -------------------------------------------------------------------------------------------- */
static void cut(hb_buf *b, size_t at, size_t n)
{
    n = n < b->len - at ? n : b->len - at;
    memmove(b->data + at, b->data + at + n, b->len - at - n);
    b->len -= n;
}

static void put_in(hb_buf *b, size_t at, uint32_t word)
{
    uint8_t bytes[4] = {0};
    must(hb_buf_append(b, bytes, 4) == HB_OK);
    memmove(b->data + at + 4, b->data + at, b->len - at - 4);
    hb_store_le32(b->data + at, word);
}

static uint32_t special(uint16_t x)
{
    static const uint32_t numbers[] = {0, 1, HB_F_P - 1, HB_F_P, HB_F_P + 1, UINT32_MAX, UINT32_C(1) << 31, UINT32_C(1) << 29, 1 << 16, 1 << 12, 1 << 18, 256, 255, 17, 4096, 4097};
    return numbers[x % (sizeof numbers / sizeof *numbers)];
}

static void edit(hb_buf *b, const uint8_t *e)
{
    if (b->len < 8)
        return;
    const uint32_t place = hb_load_le32(e + 1) & 0xffffff;
    const uint16_t x = hb_load_le16(e + 4), y = hb_load_le16(e + 6);
    const size_t at = place % b->len, word = at / 4 * 4 < b->len - 4 ? at / 4 * 4 : 0, head = (size_t)place % words_at / 4 * 4;
    switch (e[0] % 9) {
    case 0: b->data[at] ^= (uint8_t)(1u << x % 8); break;
    case 1: hb_store_le32(b->data + word, special(x)); break;
    case 2: hb_store_le32(b->data + word, hb_load_le32(b->data + word) + special(x) + y); break;
    case 3: /* heights, statement, lengths */
        if (head + 4 <= b->len)
            hb_store_le32(b->data + head, x % 2 ? special(x / 2) : hb_load_le32(b->data + head) + (uint32_t)(int16_t)y);
        break;
    case 4: cut(b, word, 4 * (size_t)(1 + x % 9)); break;
    case 5: put_in(b, word, special(x)); break;
    case 6: { /* a piece of the proof in another place: messages, digests, leaves */
        const size_t from = (size_t)(x * 65536u + y) % b->len / 4 * 4, room = b->len - (from > word ? from : word), n = 20 * (size_t)(1 + x % 13);
        memmove(b->data + word, b->data + from, n < room ? n : room);
        break;
    }
    case 7: b->len = x % 8 == 0 ? at : b->len; break;
    default: /* all of a message or digest */
        for (size_t i = 0; i < 20 && word + i < b->len; i++)
            b->data[word + i] = (uint8_t)(i % 4 == 3 ? y % 0x78 : x);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!honest.len)
        prepare();
    if (size == 0)
        return 0;
    const uint8_t mode = data[0];
    hb_buf file = {0};
    must(hb_buf_append(&file, honest.data, mode & MODE_RAW ? 40 : honest.len) == HB_OK);
    if (mode & MODE_RAW)
        must(hb_buf_append(&file, data + 1, size - 1) == HB_OK);
    else
        for (size_t at = 1; at + 8 <= size && at < 8 * 32; at += 8)
            edit(&file, data + at);
    if (mode & MODE_FIT && file.len >= words_at)
        hb_store_le64(file.data + words_at - 8, (file.len - words_at) / 4);
    const bool same = file.len == honest.len && memcmp(file.data, honest.data, honest.len) == 0;
    uint8_t *exact = malloc(file.len + !file.len); /* so that the sanitizer sees a step behind the end */
    must(exact != NULL);
    memcpy(exact, file.data, file.len);
    hb_error err;
    hb_error_clear(&err);
    hb_transcript_tape(&tape, mode & MODE_FROZEN ? HB_TAPE_REPLAY : HB_TAPE_OFF);
    const hb_status st = verify(exact, file.len, &err);
    must(st == HB_OK || (st == HB_REJECTED && err.reason != HB_R_NONE && err.reason < HB_R_COUNT));
    must(mode & MODE_FROZEN || (st == HB_OK) == same);
    must(st != HB_OK || (view.words >= exact && view.words + 4 * view.n_words <= exact + file.len));
    free(exact);
    hb_buf_free(&file);
    return 0;
}
