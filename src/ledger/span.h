/* Bytes somewhere, not owned. Freestanding. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct hb_span {
    const uint8_t *data;
    size_t len;
} hb_span;

static inline hb_span hb_span_of(const void *data, size_t len)
{
    return (hb_span){(const uint8_t *)data, len};
}
