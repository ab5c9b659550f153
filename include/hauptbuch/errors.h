/* Outcomes of calls, and where their details go. C17 and C++; freestanding.
 *
 * Three kinds of failure are kept apart:
 *   "no"               HB_REJECTED (and the statuses that say what was found wrong): the proof, or other untrusted input, is not valid
 *   caller's mistake   arguments, programs, dependencies, limits
 *   fault              execution, proving, memory, files, ourselves
 * The numbers are part of the ABI: append only. */
#pragma once
#include <stdint.h>

#ifndef HB_PUBLIC
#if defined(__GNUC__)
#define HB_PUBLIC __attribute__((visibility("default")))
#else
#define HB_PUBLIC
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hb_status {
    HB_OK = 0,
    HB_REJECTED,
    HB_INVALID_ARGUMENT,
    HB_INVALID_PROGRAM,
    HB_EXECUTION_FAILED,
    HB_PROOF_GENERATION_FAILED,
    HB_LIMIT,
    HB_OUT_OF_MEMORY,
    HB_IO,
    HB_UNSUPPORTED,
    HB_INTERNAL,
    /* Program packages. All but the resolution are the caller's mistakes. */
    HB_DUPLICATE_DEPENDENCY,
    HB_INVALID_DEPENDENCY,
    HB_INVALID_DEPENDENCY_VERSION,
    HB_DEPENDENCY_RESOLUTION_FAILED,
    HB_MEMORY_LIMIT_EXCEEDED,
    HB_STACK_LIMIT_EXCEEDED,
    /* Long work that was ended early. */
    HB_PROGRAM_TIMEOUT,
    HB_CANCELLED,
    /* What the virtual machine's handles say (zkvm.h). */
    HB_INVALID_INSTRUCTION,
    HB_PROOF_VERIFICATION_FAILED,
    HB_STATE_VERIFICATION_FAILED,
    HB_SECURITY_VALIDATION_FAILED,
    HB_INVALID_EXECUTION_RESULT,
    HB_STATE_COMMITMENT_FAILED,
    HB_PROOF_AGGREGATION_FAILED,
    HB_STATUS_COUNT
} hb_status;

/* A constant English text of at least one character, never NULL; "Unknown status" for values outside the enumeration. */
HB_PUBLIC const char *hb_status_text(hb_status status);

#define HB_ERROR_MESSAGE_BYTES 256

/* Detail of a failure: a fixed-size record that the caller owns and that never allocates. A function that can fail takes `hb_error *err`, which may be
 * NULL, as its last parameter; it writes *err only when it fails. Not shared between threads. */
typedef struct hb_error {
    hb_status status;
    uint32_t reason;                      /* why a proof was rejected (base/reject.h), else 0 */
    uint32_t chip;                        /* chip number, where one is concerned */
    uint32_t row;                         /* row of that chip's trace, or instruction index */
    uint64_t offset;                      /* byte offset in the input that was read, or guest address */
    char message[HB_ERROR_MESSAGE_BYTES]; /* NUL-terminated; longer texts are cut */
} hb_error;

#ifdef __cplusplus
}
#endif
