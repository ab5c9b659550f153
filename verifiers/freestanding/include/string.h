/* The whole C library of the verifier where there is none (wasm32, rv64im): what string.h must offer to freestanding code. */
#pragma once
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
