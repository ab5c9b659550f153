/* What the WebAssembly module exports beside its memory: hauptbuch/verify.h for a caller that has only numbers. hauptbuch_verify.mjs is the other side.
 * The host writes key and proof into memory that the module hands out, asks, and reads the verdict. */
#include <stddef.h>
#include <stdint.h>

#include "hauptbuch/verify.h"

#define EXPORT(name) __attribute__((visibility("default"), export_name(#name)))
#define PAGE ((size_t)65536)

/* Offsets that the host reads at; a verdict in 32-bit memory. */
_Static_assert(offsetof(hb_verdict, accepted) == 0 && offsetof(hb_verdict, reason) == 4 && offsetof(hb_verdict, text) == 8, "the host's offsets");
_Static_assert(offsetof(hb_verdict, public_values) == 12 && offsetof(hb_verdict, public_bytes) == 16, "the host's offsets");
_Static_assert(offsetof(hb_verdict, exit_code) == 24 && offsetof(hb_verdict, public_digest) == 28, "the host's offsets");

static hb_verifier *verifier;
static hb_verdict verdict;
static uint8_t vkey[32];
static uint8_t *buffer;
static size_t buffer_bytes;

/* Fresh pages at the end of memory. Nothing else in the module grows it, so that pages asked for one after another adjoin. NULL when the host refuses. */
static uint8_t *more_pages(size_t bytes)
{
    const size_t pages = bytes / PAGE + (bytes % PAGE != 0);
    const size_t before = __builtin_wasm_memory_grow(0, pages);
    return before == SIZE_MAX ? NULL : (uint8_t *)(before * PAGE);
}

/* Once, before everything else. 1, or 0 when there is no memory. */
EXPORT(hb_wasm_init) uint32_t hb_wasm_init(void);
uint32_t hb_wasm_init(void)
{
    if (!verifier) {
        uint8_t *memory = more_pages(HB_VERIFIER_BYTES);
        verifier = memory ? hb_verifier_init(memory, HB_VERIFIER_BYTES) : NULL;
    }
    return verifier != NULL;
}

/* 32 bytes for the verifying key. */
EXPORT(hb_wasm_vkey) uint8_t *hb_wasm_vkey(void);
uint8_t *hb_wasm_vkey(void)
{
    return vkey;
}

/* Room for a proof of so many bytes; the earlier one is given up. 0 when there is no memory. Invalidates the host's views of the memory. */
EXPORT(hb_wasm_proof) uint8_t *hb_wasm_proof(size_t bytes);
uint8_t *hb_wasm_proof(size_t bytes)
{
    if (!buffer)
        buffer = more_pages(0); /* where the next pages begin */
    if (bytes > buffer_bytes) {
        const size_t more = bytes - buffer_bytes;
        if (!buffer || !more_pages(more))
            return NULL;
        buffer_bytes += (more / PAGE + (more % PAGE != 0)) * PAGE;
    }
    return buffer;
}

/* The verdict on the first `bytes` bytes of that room, with that key. Valid until the next call. 0 if hb_wasm_init has not succeeded, or `bytes` is more than the room. */
EXPORT(hb_wasm_check) const hb_verdict *hb_wasm_check(size_t bytes, uint32_t exit_code);
const hb_verdict *hb_wasm_check(size_t bytes, uint32_t exit_code)
{
    if (!verifier || bytes > buffer_bytes)
        return NULL;
    hb_verifier_check(verifier, buffer, bytes, vkey, exit_code, &verdict);
    return &verdict;
}
