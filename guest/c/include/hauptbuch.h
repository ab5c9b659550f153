/* C programs on the Hauptbuch zkVM, with or without a C library. `main` is called with the run's arguments; returning from it,
 * hb_exit, and (with picolibc) exit and abort end the run, and the digest of the public output is committed whichever way it ends. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zkvm_io.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Exit codes that mean the same in all languages; others are the program's own (0..255). */
#define HB_EXIT_SUCCESS 0
#define HB_EXIT_PANIC 1 /* a failed check, abort */
#define HB_EXIT_INPUT 3 /* input is missing or cannot be decoded */

/* Ends the run with code & 255. */
_Noreturn void hb_exit(int code);

/* The text (and a newline) to stderr, then hb_exit(HB_EXIT_PANIC). */
_Noreturn void hb_panic(const char *text);

/* Bytes to the host's stdout and stderr. */
void hb_write_stdout(const void *bytes, size_t size);
void hb_write_stderr(const void *bytes, size_t size);
void hb_print(const char *text);         /* to stdout */
void hb_print_u64(uint64_t number);      /* decimal, to stdout */

/* The next input chunk, in place: false when there is none. Counts on from read_input, which takes the first chunk when it is called
 * the first time. Input is advice: any prover may choose it. */
bool hb_next_chunk(const uint8_t **bytes, size_t *size);

/* Up to `room` bytes of standard input; 0 at the end. */
size_t hb_read_stdin(void *bytes, size_t room);

/* The verifying key of a program that this one depends on (in its package: "programs"), as the host has resolved it: false when there is none.
 * Advice like all input: whoever relies on the key writes it to the public output, or compares it with one that it knows. */
bool hb_dependency_key(const char *id, uint8_t key[32]);

/* SHA-256, streaming; the same code that makes the digest of the public output. */
typedef struct hb_sha256 {
    uint32_t state[8];
    uint64_t total;
    uint8_t block[64];
} hb_sha256;
void hb_sha256_init(hb_sha256 *h);
void hb_sha256_update(hb_sha256 *h, const void *bytes, size_t size);
void hb_sha256_final(hb_sha256 *h, uint8_t digest[32]); /* h is used up */

#ifdef __cplusplus
}
#endif
