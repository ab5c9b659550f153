#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { FIRST_CAP = 64 };

hb_status hb_buf_reserve(hb_buf *b, size_t more)
{
    if (more <= b->cap - b->len)
        return HB_OK;
    if (more > SIZE_MAX - b->len)
        return HB_OUT_OF_MEMORY;
    size_t need = b->len + more;
    size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
    /* Doubling keeps appends linear in total; near the top of the address space take exactly what is needed. */
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    uint8_t *data = realloc(b->data, cap);
    if (!data)
        return HB_OUT_OF_MEMORY;
    b->data = data;
    b->cap = cap;
    return HB_OK;
}

hb_status hb_buf_append(hb_buf *b, const void *data, size_t n)
{
    hb_status st = hb_buf_reserve(b, n);
    if (st != HB_OK)
        return st;
    if (n)
        memcpy(b->data + b->len, data, n);
    b->len += n;
    return HB_OK;
}

hb_status hb_buf_append_u8(hb_buf *b, uint8_t v)
{
    return hb_buf_append(b, &v, 1);
}

hb_status hb_buf_append_u32(hb_buf *b, uint32_t v)
{
    uint8_t bytes[4];
    hb_store_le32(bytes, v);
    return hb_buf_append(b, bytes, sizeof bytes);
}

hb_status hb_buf_append_u64(hb_buf *b, uint64_t v)
{
    uint8_t bytes[8];
    hb_store_le64(bytes, v);
    return hb_buf_append(b, bytes, sizeof bytes);
}

void hb_buf_free(hb_buf *b)
{
    free(b->data);
    *b = (hb_buf){0};
}
