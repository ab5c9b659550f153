/* A growable byte buffer for code whose output size is not known before (file formats, tools; not provers, which size first).
 * Start from `hb_buf b = {0};`, end with hb_buf_free. A failed call leaves the buffer as it was. Not shared between threads. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct hb_buf {
    uint8_t *data; /* NULL while cap is 0; moves when the buffer grows */
    size_t len, cap;
} hb_buf;

/* Makes room for `more` bytes behind len (len is unchanged). HB_OUT_OF_MEMORY when there is none, or len + more overflows. */
hb_status hb_buf_reserve(hb_buf *b, size_t more);

/* Appends n bytes; data may be NULL when n is 0 and must not point into b. HB_OUT_OF_MEMORY as above. */
hb_status hb_buf_append(hb_buf *b, const void *data, size_t n);

hb_status hb_buf_append_u8(hb_buf *b, uint8_t v);
hb_status hb_buf_append_u32(hb_buf *b, uint32_t v); /* little-endian */
hb_status hb_buf_append_u64(hb_buf *b, uint64_t v); /* little-endian */

/* Gives the memory back; b is then an empty buffer that may be used again. */
void hb_buf_free(hb_buf *b);
