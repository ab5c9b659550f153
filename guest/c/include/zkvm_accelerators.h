/* The part of the eth-act zkvm-standards' accelerator interface that this version has: hashes. Names, types and results are the
 * standard's. They are computed in software: the machine has no provable calls for them yet. Functions of the standard that are not
 * declared here (curves, pairings, modexp, RIPEMD-160, BLAKE2f, KZG) are not there: a program that calls one does not compile. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { ZKVM_EOK = 0, ZKVM_EFAIL = -1 } zkvm_status;

typedef struct {
#ifdef __cplusplus
    alignas(8)
#else
    _Alignas(8)
#endif
    uint8_t data[32];
} zkvm_bytes_32;

typedef zkvm_bytes_32 zkvm_keccak256_hash;
typedef zkvm_bytes_32 zkvm_sha256_hash;

/* Hash of `len` bytes. A NULL output, or NULL data with len > 0, panics. Always ZKVM_EOK otherwise. */
zkvm_status zkvm_keccak256(const uint8_t *data, size_t len, zkvm_keccak256_hash *output);
zkvm_status zkvm_sha256(const uint8_t *data, size_t len, zkvm_sha256_hash *output);

#ifdef __cplusplus
}
#endif
