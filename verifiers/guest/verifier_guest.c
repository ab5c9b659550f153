/* The verifier as a program of the machine: a proof about verifying a proof.
 *
 * Input chunks: the proof file; the verifying key (32 bytes) and the exit code that is asked for (4 bytes, little-endian).
 * Public values of a run that accepts: key, digest of the inner run's public values, exit code: 32 + 32 + 4 bytes; exit code 0.
 * A proof that is rejected: the reason on standard error, no public values, exit code 1. Input that is missing or of the wrong size: 3. */
#include <hauptbuch.h>

#include "hauptbuch/verify.h"

enum { KEY_BYTES = 32, REQUEST_BYTES = KEY_BYTES + 4 };

static uint8_t memory[HB_VERIFIER_BYTES];

static void say(const char *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    hb_write_stderr(text, n);
}

int main(void)
{
    const uint8_t *proof, *request;
    size_t proof_bytes, request_bytes;
    if (!hb_next_chunk(&proof, &proof_bytes) || !hb_next_chunk(&request, &request_bytes) || request_bytes != REQUEST_BYTES) {
        say("two chunks are needed: the proof, and 36 bytes with key and exit code\n");
        return HB_EXIT_INPUT;
    }
    const uint8_t *code = request + KEY_BYTES;
    const uint32_t exit_code = code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
    hb_verifier *verifier = hb_verifier_init(memory, sizeof memory);
    if (!verifier)
        hb_panic("the rules of the machine do not fit");
    hb_verdict verdict;
    if (!hb_verifier_check(verifier, proof, proof_bytes, request, exit_code, &verdict)) {
        say("rejected: ");
        say(verdict.text);
        say("\n");
        return HB_EXIT_PANIC;
    }
    write_output(request, KEY_BYTES);
    write_output(verdict.public_digest, sizeof verdict.public_digest);
    write_output(code, 4);
    return HB_EXIT_SUCCESS;
}
