/* The few stable outcomes of a call. Three kinds of failure are kept apart (architecture rule 5):
 *   "no"               HB_REJECTED: the proof, or other untrusted input, is not valid. error.reason says why (base/reject.h).
 *   caller's mistake   HB_INVALID_ARGUMENT, HB_INVALID_PROGRAM, HB_LIMIT, HB_UNSUPPORTED.
 *   fault              HB_EXECUTION_FAILED (the guest trapped), HB_PROOF_GENERATION_FAILED, HB_OUT_OF_MEMORY, HB_IO, HB_INTERNAL.
 * The numbers are part of the ABI: append only. Freestanding. */
#pragma once

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
    HB_STATUS_COUNT
} hb_status;

/* A constant English text of at least one character, never NULL; "Unknown status" for values outside the enumeration. */
const char *hb_status_text(hb_status status);
