#include "air/kform.h"
#include "zerocheck/kacc.h"
#include "zerocheck/tail_kernels.h"

#define NO_COLUMN 0xffffu

static void fold_z(const hb_f *column, const hb_k lagrange[16], hb_kpack out[16])
{
    const hb_f *rows[16];
    const hb_k zero = HB_K_ZERO;
    for (uint32_t z = 0; z < 16; z++)
        rows[z] = column + 256 * z;
    for (uint32_t v = 0; v < 16; v++)
        v16k_store(&out[v], v16ka_reduce(kform(rows, 16 * v, lagrange, 16, zero)));
    for (int c = 0; c < HB_K_DEGREE; c++) {
        v16 r[16];
        for (uint32_t v = 0; v < 16; v++)
            r[v] = v16_load(out[v].c[c]);
        v16_transpose(r);
        for (uint32_t v = 0; v < 16; v++)
            v16_store(out[v].c[c], r[v]);
    }
}

static void form(const hb_kpack *const *in, const hb_k *weights, uint32_t n_in, hb_k constant, hb_kpack *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v16ka s;
        for (int c = 0; c < HB_K_DEGREE; c++)
            s.c[c] = v16w_of(constant.c[c]);
        for (uint32_t j = 0; j < n_in; j++) {
            v16kc w = v16kc_of(weights[j]);
            v16ka_mac(&s, v16k_load(&in[j][i]), &w.p);
        }
        v16k_store(&out[i], v16ka_reduce(s));
    }
}

HB_V void load_pair(const hb_kpack *in, size_t m, bool interleaved, v16k *v0, v16k *v1)
{
    v16k a = v16k_load(&in[2 * m]), b = v16k_load(&in[2 * m + 1]);
    if (interleaved)
        v16k_deinterleave(a, b, v0, v1);
    else
        *v0 = a, *v1 = b;
}

HB_V void fold_all(const hb_kpack *in, bool interleaved, hb_k r, hb_kpack *out, size_t n)
{
    v16kc rc = v16kc_of(r);
    for (size_t m = 0; m < n; m++) {
        v16k v0, v1;
        load_pair(in, m, interleaved, &v0, &v1);
        v16k_store(&out[m], v16k_line(v0, v1, &rc));
    }
}

static void fold(const hb_kpack *in, bool interleaved, hb_k r, hb_kpack *out, size_t n)
{
    if (interleaved)
        fold_all(in, true, r, out, n);
    else
        fold_all(in, false, r, out, n);
}

/* --- evaluation ---------------------------------------------------------------------------------------------------------------------- */
/* Points 0, inf (the slope), 2 and 3 of the line through a pair; points from n on are not written. */
HB_V void spread(const hb_kpack *in, size_t m, bool interleaved, int n, hb_kpack out[HB_POINTS])
{
    v16k v0, v1;
    load_pair(in, m, interleaved, &v0, &v1);
    v16k d = v16k_sub(v1, v0);
    v16k_store(&out[HB_AT_0], v0);
    v16k_store(&out[HB_AT_INF], d);
    if (n > HB_AT_2) {
        v16k v2 = v16k_add(v1, d);
        v16k_store(&out[HB_AT_2], v2);
        if (n > HB_AT_3)
            v16k_store(&out[HB_AT_3], v16k_add(v2, d));
    }
}

HB_V v16k neg_if(v16k a, bool negate)
{
    return negate ? v16k_neg(a) : a;
}

/* The value at inf of a sum is that of the operands of full degree. */
HB_V v16k sum_at(const hb_air_step *s, int point, const hb_kpack *a, const hb_kpack *b)
{
    bool minus = s->op == HB_TAPE_SUB;
    if (point == HB_AT_INF && s->inf == HB_TAPE_INF_A)
        return v16k_load(a);
    if (point == HB_AT_INF && s->inf == HB_TAPE_INF_B)
        return neg_if(v16k_load(b), minus);
    return minus ? v16k_sub(v16k_load(a), v16k_load(b)) : v16k_add(v16k_load(a), v16k_load(b));
}

HB_V v16k constant_at(const hb_air_step *s, int point, const hb_kpack *a)
{
    v16k x = neg_if(v16k_load(a), s->op == HB_TAPE_C_SUB);
    return point == HB_AT_INF ? x : v16k_add_f(x, v16_set1(s->c));
}

HB_V void step_run(const hb_air_step *s, hb_kpack *slots, int points)
{
    hb_kpack *d = slots + (size_t)s->dst * HB_POINTS, *a = slots + (size_t)s->a * HB_POINTS, *b = slots + (size_t)s->b * HB_POINTS;
    for (int p = 0; p < points; p++)
        switch ((hb_tape_op)s->op) {
        case HB_TAPE_ADD:
        case HB_TAPE_SUB: v16k_store(&d[p], sum_at(s, p, &a[p], &b[p])); break;
        case HB_TAPE_MUL: v16k_store(&d[p], v16k_mul(v16k_load(&a[p]), v16k_load(&b[p]))); break;
        case HB_TAPE_MUL_C: v16k_store(&d[p], v16k_mul_f(v16k_load(&a[p]), v16_set1(s->c))); break;
        case HB_TAPE_ADD_C:
        case HB_TAPE_C_SUB: v16k_store(&d[p], constant_at(s, p, &a[p])); break;
        case HB_TAPE_SET: v16k_store(&d[p], v16k_from_v16(v16_set1(s->c))); break;
        }
}

HB_V void add_output(v16ka *sum, const hb_tail_output *o, int point, const hb_kpack *slots, const v16k *factor)
{
    v16k x = v16k_load(&slots[(size_t)o->slot * HB_POINTS + (size_t)point]);
    if (factor) {
        v16kp f = v16k_prepare(*factor);
        v16ka_mac(sum, x, &f);
    } else {
        v16kc w = v16kc_of(o->weight);
        v16ka_mac(sum, x, &w.p);
    }
}

/* The factor LF_s of an output at a point, if there is one. */
HB_V const v16k *factor_at(const hb_tail_output *o, const hb_kpack *const *columns, size_t m, bool interleaved, int point, v16k *room)
{
    if (o->column == NO_COLUMN)
        return NULL;
    v16k v0, v1;
    load_pair(columns[o->column], m, interleaved, &v0, &v1);
    v16k d = v16k_sub(v1, v0);
    *room = point == HB_AT_0 ? v0 : point == HB_AT_INF ? d : point == HB_AT_2 ? v16k_add(v1, d) : v16k_add(v1, v16k_double(d));
    return room;
}

static void full(const hb_tail_program *p, const hb_kpack *const *columns, bool interleaved, const hb_kpack *eq, size_t n, hb_kpack *slots,
                 hb_kacc acc[HB_FULL_SUMS])
{
    for (size_t m = 0; m < n; m++) {
        v16kp e = v16k_prepare(v16k_load(&eq[m]));
        v16k v0, v1, room;
        load_pair(columns[p->first], m, interleaved, &v0, &v1);
        acc_mac(&acc[HB_FULL_AFFINE], v0, &e);
        for (uint32_t i = 0; i < p->n_inputs; i++)
            spread(columns[p->input_columns[i]], m, interleaved, p->input_wide[i] ? 3 : 2, slots + (size_t)p->input_slots[i] * HB_POINTS);
        for (uint32_t i = 0; i < p->n_steps; i++)
            step_run(&p->steps[i], slots, p->steps[i].wide ? 3 : 2);
        v16ka s[HB_FULL_SUMS];
        for (int k = 0; k < HB_FULL_SUMS; k++)
            s[k] = v16ka_zero();
        for (uint32_t i = 0; i < p->n_outputs; i++) {
            const hb_tail_output *o = &p->outputs[i];
            v16ka *to = o->cubic ? &s[HB_FULL_CUBIC_0] : &s[HB_FULL_SQUARE_0];
            for (int k = 0; k < (o->cubic ? 3 : 2); k++)
                add_output(&to[k], o, k, slots, factor_at(o, columns, m, interleaved, k, &room));
        }
        for (int k = HB_FULL_SQUARE_0; k < HB_FULL_SUMS; k++)
            acc_mac(&acc[k], v16ka_reduce(s[k]), &e);
    }
}

static void ragged(const hb_tail_program *p, const hb_kpack *const *columns, bool interleaved, const hb_kpack *eq, size_t n, hb_kpack *slots,
                   hb_kacc acc[HB_POINTS])
{
    for (size_t m = 0; m < n; m++) {
        v16kp e = v16k_prepare(v16k_load(&eq[m]));
        hb_kpack affine[3][HB_POINTS];
        v16k room;
        spread(columns[p->first], m, interleaved, HB_POINTS, affine[0]);
        spread(columns[p->second], m, interleaved, HB_POINTS, affine[1]);
        spread(columns[p->mask], m, interleaved, HB_POINTS, affine[2]);
        for (uint32_t i = 0; i < p->n_inputs; i++)
            spread(columns[p->input_columns[i]], m, interleaved, HB_POINTS, slots + (size_t)p->input_slots[i] * HB_POINTS);
        for (uint32_t i = 0; i < p->n_steps; i++)
            step_run(&p->steps[i], slots, HB_POINTS);
        for (int k = 0; k < HB_POINTS; k++) {
            v16ka con = v16ka_zero(), bus = v16ka_zero();
            for (uint32_t i = 0; i < p->n_outputs; i++) {
                const hb_tail_output *o = &p->outputs[i];
                if (k == HB_AT_INF && !(o->cubic && o->bus)) /* coefficient of X^4: the mask's slope times a cubic product */
                    continue;
                add_output(o->bus ? &bus : &con, o, k, slots, factor_at(o, columns, m, interleaved, k, &room));
            }
            v16k b = v16ka_reduce(bus), c = v16ka_reduce(con);
            if (k != HB_AT_INF) {
                b = v16k_add(b, v16k_load(&affine[1][k]));
                c = v16k_add(c, v16k_load(&affine[0][k]));
            }
            c = v16k_add(c, v16k_mul(b, v16k_load(&affine[2][k])));
            acc_mac(&acc[k], c, &e);
        }
    }
}

const hb_tail_kernels HB_ISA_SYM(hb_tail_kernels_table) = {fold_z, form, fold, full, ragged};
