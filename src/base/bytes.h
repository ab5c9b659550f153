/* Bytes in and out. Freestanding, all inline.
 *
 * Loads and stores take any alignment. A hb_reader walks over bytes that it does not own; each hb_read_* either takes what
 * it needs, stores the value and returns true, or returns false and changes nothing. A hb_writer fills a fixed buffer
 * that it does not own; a write that does not fit writes nothing and sets `overflow`, after which all writes are ignored, so one
 * check at the end is enough. Integers are little-endian unless the name says be. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t hb_load_le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | (unsigned)p[1] << 8);
}

static inline uint32_t hb_load_le32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t hb_load_le64(const uint8_t *p)
{
    return hb_load_le32(p) | (uint64_t)hb_load_le32(p + 4) << 32;
}

static inline uint32_t hb_load_be32(const uint8_t *p)
{
    return p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

static inline uint64_t hb_load_be64(const uint8_t *p)
{
    return hb_load_be32(p + 4) | (uint64_t)hb_load_be32(p) << 32;
}

static inline void hb_store_le16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void hb_store_le32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

static inline void hb_store_le64(uint8_t *p, uint64_t v)
{
    hb_store_le32(p, (uint32_t)v);
    hb_store_le32(p + 4, (uint32_t)(v >> 32));
}

static inline void hb_store_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static inline void hb_store_be64(uint8_t *p, uint64_t v)
{
    hb_store_be32(p, (uint32_t)(v >> 32));
    hb_store_be32(p + 4, (uint32_t)v);
}

typedef struct hb_reader {
    const uint8_t *p, *end; /* p <= end; both NULL for an empty reader */
} hb_reader;

/* data may be NULL when len is 0. */
static inline hb_reader hb_reader_of(const void *data, size_t len)
{
    const uint8_t *p = data;
    return (hb_reader){p, len ? p + len : p};
}

static inline size_t hb_reader_left(const hb_reader *r)
{
    return r->p == r->end ? 0 : (size_t)(r->end - r->p);
}

/* *span = the next n bytes in place (valid as long as the input is). */
static inline bool hb_read_span(hb_reader *r, size_t n, const uint8_t **span)
{
    if (n > hb_reader_left(r))
        return false;
    *span = r->p;
    if (n)
        r->p += n;
    return true;
}

static inline bool hb_read_copy(hb_reader *r, void *out, size_t n)
{
    const uint8_t *p;
    if (!hb_read_span(r, n, &p))
        return false;
    if (n)
        memcpy(out, p, n);
    return true;
}

static inline bool hb_read_u8(hb_reader *r, uint8_t *v)
{
    const uint8_t *p;
    if (!hb_read_span(r, 1, &p))
        return false;
    *v = p[0];
    return true;
}

static inline bool hb_read_u16(hb_reader *r, uint16_t *v)
{
    const uint8_t *p;
    if (!hb_read_span(r, 2, &p))
        return false;
    *v = hb_load_le16(p);
    return true;
}

static inline bool hb_read_u32(hb_reader *r, uint32_t *v)
{
    const uint8_t *p;
    if (!hb_read_span(r, 4, &p))
        return false;
    *v = hb_load_le32(p);
    return true;
}

static inline bool hb_read_u64(hb_reader *r, uint64_t *v)
{
    const uint8_t *p;
    if (!hb_read_span(r, 8, &p))
        return false;
    *v = hb_load_le64(p);
    return true;
}

typedef struct hb_writer {
    uint8_t *data;
    size_t len, cap; /* bytes written, bytes of room; len <= cap */
    bool overflow;   /* a write did not fit; the first len bytes are what was written before it */
} hb_writer;

/* data may be NULL when cap is 0. */
static inline hb_writer hb_writer_of(void *data, size_t cap)
{
    return (hb_writer){data, 0, cap, false};
}

/* Room for n bytes that the caller fills, or NULL after an overflow (n > 0). */
static inline uint8_t *hb_write_span(hb_writer *w, size_t n)
{
    if (w->overflow || n > w->cap - w->len) {
        w->overflow = true;
        return NULL;
    }
    uint8_t *p = w->len ? w->data + w->len : w->data;
    w->len += n;
    return p;
}

static inline void hb_write_copy(hb_writer *w, const void *data, size_t n)
{
    uint8_t *p = hb_write_span(w, n);
    if (p && n)
        memcpy(p, data, n);
}

static inline void hb_write_u8(hb_writer *w, uint8_t v)
{
    uint8_t *p = hb_write_span(w, 1);
    if (p)
        p[0] = v;
}

static inline void hb_write_u16(hb_writer *w, uint16_t v)
{
    uint8_t *p = hb_write_span(w, 2);
    if (p)
        hb_store_le16(p, v);
}

static inline void hb_write_u32(hb_writer *w, uint32_t v)
{
    uint8_t *p = hb_write_span(w, 4);
    if (p)
        hb_store_le32(p, v);
}

static inline void hb_write_u64(hb_writer *w, uint64_t v)
{
    uint8_t *p = hb_write_span(w, 8);
    if (p)
        hb_store_le64(p, v);
}
