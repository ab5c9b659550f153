/* Body of field/v16.h in plain C, for the baseline of every architecture. Include field/v16.h instead. Loops over lanes, which compilers
 * vectorise as far as the architecture allows. */
#pragma once

typedef struct v16 {
    uint32_t x[16];
} v16;
typedef struct v16s {
    v16 v; /* splitting is not needed here */
} v16s;
typedef struct v16w {
    uint64_t x[16];
} v16w;
typedef struct v16c {
    v16 w, q;
} v16c;

#define HB_V16_EACH(expr)                                                                                               \
    v16 r;                                                                                                              \
    for (int i = 0; i < 16; i++)                                                                                        \
        r.x[i] = (expr);                                                                                                \
    return r

HB_V v16 v16_loadu(const uint32_t *p) { HB_V16_EACH(p[i]); }
HB_V v16 v16_load(const uint32_t *p) { return v16_loadu(p); }
HB_V v16 v16_set1(uint32_t w) { HB_V16_EACH(w); }
HB_V v16 v16_add32(v16 x, v16 y) { HB_V16_EACH(x.x[i] + y.x[i]); }
HB_V v16 v16_sub32(v16 x, v16 y) { HB_V16_EACH(x.x[i] - y.x[i]); }
HB_V v16 v16_min32(v16 x, v16 y) { HB_V16_EACH(x.x[i] < y.x[i] ? x.x[i] : y.x[i]); }
HB_V v16s v16_split(v16 x) { return (v16s){x}; }
HB_V v16s v16s_set1(uint32_t w) { return (v16s){v16_set1(w)}; }

HB_V void v16_storeu(uint32_t *p, v16 x)
{
    for (int i = 0; i < 16; i++)
        p[i] = x.x[i];
}

HB_V void v16_store(uint32_t *p, v16 x)
{
    v16_storeu(p, x);
}

HB_V void v16_stream(uint32_t *p, v16 x)
{
    v16_storeu(p, x);
}

HB_V void v16_stream_end(void)
{
}

HB_V v16w v16s_mul(v16s x, v16s y)
{
    v16w r;
    for (int i = 0; i < 16; i++)
        r.x[i] = (uint64_t)x.v.x[i] * y.v.x[i];
    return r;
}

HB_V v16w v16w_add(v16w s, v16w t)
{
    for (int i = 0; i < 16; i++)
        s.x[i] += t.x[i];
    return s;
}

HB_V v16w v16w_zero(void)
{
    return (v16w){{0}};
}

HB_V v16w v16w_fold(v16w s)
{
    const uint64_t u = (uint64_t)HB_F_P << 32;
    for (int i = 0; i < 16; i++)
        s.x[i] = s.x[i] >= u ? s.x[i] - u : s.x[i];
    return s;
}

HB_V v16 v16w_reduce(v16w s)
{
    HB_V16_EACH(hb_f_reduce(s.x[i]));
}

HB_V v16 v16w_reduce2(v16w s)
{
    return v16w_reduce(v16w_fold(s));
}

HB_V v16 v16_mulc(v16 x, v16c c)
{
    v16 r;
    for (int i = 0; i < 16; i++) {
        uint32_t h = (uint32_t)(((uint64_t)x.x[i] * c.w.x[i]) >> 32);
        uint32_t g = (uint32_t)(((uint64_t)(x.x[i] * c.q.x[i]) * HB_F_P) >> 32);
        r.x[i] = h < g ? h - g + HB_F_P : h - g;
    }
    return r;
}

HB_V void v16_deinterleave(v16 x, v16 y, v16 *even, v16 *odd)
{
    for (int i = 0; i < 8; i++) {
        even->x[i] = x.x[2 * i], even->x[8 + i] = y.x[2 * i];
        odd->x[i] = x.x[2 * i + 1], odd->x[8 + i] = y.x[2 * i + 1];
    }
}

HB_V void v16_interleave(v16 x, v16 y, v16 *lo, v16 *hi)
{
    for (int i = 0; i < 8; i++) {
        lo->x[2 * i] = x.x[i], hi->x[2 * i] = x.x[8 + i];
        lo->x[2 * i + 1] = y.x[i], hi->x[2 * i + 1] = y.x[8 + i];
    }
}

HB_V void v16_transpose(v16 r[16])
{
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < i; j++) {
            uint32_t t = r[i].x[j];
            r[i].x[j] = r[j].x[i];
            r[j].x[i] = t;
        }
}
