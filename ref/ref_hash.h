/* BLAKE3 and SHA-256, plain. Oracles of src/hash. */
#pragma once
#include <stddef.h>
#include <stdint.h>

extern const uint32_t ref_blake3_iv[8];

/* The compression function with all sixteen output words. */
void ref_blake3_compress(const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t len, uint32_t flags, uint32_t out[16]);
void ref_blake3(const uint8_t *data, size_t len, uint8_t out[32]);
void ref_sha256(const uint8_t *data, size_t len, uint8_t out[32]);
