/* The calls of the guest ABI (guest-abi.md, "Start, end, calls"): numbers, names, what this version does with them. */
#pragma once
#include <stdint.h>

/* How a call is served. */
typedef enum hb_rv_call_kind {
    HB_CALL_PROVED,  /* executed, and has rows in the CALL table */
    HB_CALL_HOST,    /* executed outside the proof only (EXIT_UNCONSTRAINED) */
    HB_CALL_UNPROVED /* known, but ends the run: this version has no chip for it */
} hb_rv_call_kind;

/* X(NAME, number, gas, kind). gas: cost on top of the cycle of the ECALL itself, table version HB_RV_GAS_VERSION. */
#define HB_RV_GAS_VERSION 1
#define HB_RV_CALLS(X)                                                                                                  \
    X(HALT, 0x00, 3, PROVED)                                                                                            \
    X(WRITE, 0x02, 3, PROVED)                                                                                           \
    X(ENTER_UNCONSTRAINED, 0x03, 3, PROVED)                                                                             \
    X(EXIT_UNCONSTRAINED, 0x04, 0, HOST)                                                                                \
    X(COMMIT, 0x10, 3, PROVED)                                                                                          \
    X(COMMIT_DEFERRED_PROOFS, 0x1a, 3, PROVED)                                                                          \
    X(VERIFY_PROOF, 0x1b, 0, UNPROVED)                                                                                  \
    X(HINT_MPROTECT_FLUSH, 0x35, 0, UNPROVED)                                                                           \
    X(DUMP_ELF, 0x40, 0, UNPROVED)                                                                                      \
    X(INSERT_PROFILER_SYMBOLS, 0x41, 0, UNPROVED)                                                                       \
    X(DELETE_PROFILER_SYMBOLS, 0x42, 0, UNPROVED)                                                                       \
    X(HINT_LEN, 0xf0, 3, PROVED)                                                                                        \
    X(HINT_READ, 0xf1, 3, PROVED)                                                                                       \
    X(SHA_EXTEND, 0x00300105, 0, UNPROVED)                                                                              \
    X(SHA_COMPRESS, 0x00010106, 0, UNPROVED)                                                                            \
    X(ED_ADD, 0x00010107, 0, UNPROVED)                                                                                  \
    X(ED_DECOMPRESS, 0x00000108, 0, UNPROVED)                                                                           \
    X(KECCAK_PERMUTE, 0x00010109, 0, UNPROVED)                                                                          \
    X(SECP256K1_ADD, 0x0001010a, 0, UNPROVED)                                                                           \
    X(SECP256K1_DOUBLE, 0x0000010b, 0, UNPROVED)                                                                        \
    X(SECP256K1_DECOMPRESS, 0x0000010c, 0, UNPROVED)                                                                    \
    X(BN254_ADD, 0x0001010e, 0, UNPROVED)                                                                               \
    X(BN254_DOUBLE, 0x0000010f, 0, UNPROVED)                                                                            \
    X(BLS12381_DECOMPRESS, 0x0000011c, 0, UNPROVED)                                                                     \
    X(UINT256_MUL, 0x0001011d, 0, UNPROVED)                                                                             \
    X(BLS12381_ADD, 0x0001011e, 0, UNPROVED)                                                                            \
    X(BLS12381_DOUBLE, 0x0000011f, 0, UNPROVED)                                                                         \
    X(BLS12381_FP_ADD, 0x00010120, 0, UNPROVED)                                                                         \
    X(BLS12381_FP_SUB, 0x00010121, 0, UNPROVED)                                                                         \
    X(BLS12381_FP_MUL, 0x00010122, 0, UNPROVED)                                                                         \
    X(BLS12381_FP2_ADD, 0x00010123, 0, UNPROVED)                                                                        \
    X(BLS12381_FP2_SUB, 0x00010124, 0, UNPROVED)                                                                        \
    X(BLS12381_FP2_MUL, 0x00010125, 0, UNPROVED)                                                                        \
    X(BN254_FP_ADD, 0x00010126, 0, UNPROVED)                                                                            \
    X(BN254_FP_SUB, 0x00010127, 0, UNPROVED)                                                                            \
    X(BN254_FP_MUL, 0x00010128, 0, UNPROVED)                                                                            \
    X(BN254_FP2_ADD, 0x00010129, 0, UNPROVED)                                                                           \
    X(BN254_FP2_SUB, 0x0001012a, 0, UNPROVED)                                                                           \
    X(BN254_FP2_MUL, 0x0001012b, 0, UNPROVED)                                                                           \
    X(SECP256R1_ADD, 0x0001012c, 0, UNPROVED)                                                                           \
    X(SECP256R1_DOUBLE, 0x0000012d, 0, UNPROVED)                                                                        \
    X(SECP256R1_DECOMPRESS, 0x0000012e, 0, UNPROVED)                                                                    \
    X(U256XU2048_MUL, 0x0001012f, 0, UNPROVED)                                                                          \
    X(UINT256_ADD_CARRY, 0x00010130, 0, UNPROVED)                                                                       \
    X(UINT256_MUL_CARRY, 0x00010131, 0, UNPROVED)                                                                       \
    X(MPROTECT, 0x00000132, 0, UNPROVED)                                                                                \
    X(POSEIDON2, 0x00000133, 0, UNPROVED)                                                                               \
    X(SIG_RETURN, 0x00000134, 0, UNPROVED)                                                                              \
    X(BLAKE3_COMPRESS, 0x00010180, 0, UNPROVED)

#define HB_RV_CALL_ENUM_(NAME, number, gas, kind) HB_CALL_##NAME,
typedef enum hb_rv_call_id { HB_RV_CALLS(HB_RV_CALL_ENUM_) HB_RV_CALL_COUNT } hb_rv_call_id;

typedef struct hb_rv_call_row {
    const char *name;
    uint64_t number; /* all 64 bits of t0 must equal it */
    uint32_t gas;
    hb_rv_call_kind kind;
} hb_rv_call_row;

extern const hb_rv_call_row hb_rv_calls[HB_RV_CALL_COUNT];

/* HB_RV_CALL_COUNT when the number is unknown. */
hb_rv_call_id hb_rv_call_find(uint64_t number);
