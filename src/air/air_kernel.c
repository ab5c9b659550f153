#include "air/air_kernels.h"
#include "air/kform.h"
#include "field/v16k.h"

#define V_EACH for (uint32_t v = 0; v < HB_BLOCK_ROWS; v += HB_LANES)

HB_V void step_run(const hb_air_step *s, hb_f *d, const hb_f *a, const hb_f *b)
{
    const v16 c = v16_set1(s->c);
    const v16c cc = v16c_set1(s->c);
    switch ((hb_tape_op)s->op) {
    case HB_TAPE_ADD: V_EACH v16_store(d + v, v16_add(v16_load(a + v), v16_load(b + v))); break;
    case HB_TAPE_SUB: V_EACH v16_store(d + v, v16_sub(v16_load(a + v), v16_load(b + v))); break;
    case HB_TAPE_MUL: V_EACH v16_store(d + v, v16_mul(v16_load(a + v), v16_load(b + v))); break;
    case HB_TAPE_ADD_C: V_EACH v16_store(d + v, v16_add(v16_load(a + v), c)); break;
    case HB_TAPE_MUL_C: V_EACH v16_store(d + v, v16_mulc(v16_load(a + v), cc)); break;
    case HB_TAPE_C_SUB: V_EACH v16_store(d + v, v16_sub(c, v16_load(a + v))); break;
    case HB_TAPE_SET: V_EACH v16_store(d + v, c); break;
    }
}

static void run(const hb_air_step *steps, uint32_t n, hb_f *const *slots)
{
    for (uint32_t i = 0; i < n; i++)
        step_run(&steps[i], slots[steps[i].dst], slots[steps[i].a], slots[steps[i].b]);
}

static void form(const hb_f *const *in, const hb_k *weights, uint32_t n, hb_k constant, hb_kpack *out)
{
    for (uint32_t v = 0; v < HB_BLOCK_VECTORS; v++)
        v16k_store(&out[v], v16ka_reduce(kform(in, v * HB_LANES, weights, n, constant)));
}

static void flag(const hb_f *s, hb_kpack *x)
{
    for (uint32_t v = 0; v < HB_BLOCK_VECTORS; v++) {
        v16k y = v16k_mul_f(v16k_load(&x[v]), v16_load(s + v * HB_LANES));
        v16k_store(&x[v], v16k_add_f(y, v16_set1(HB_F_ONE)));
    }
}

static void embed(const hb_f *s, bool negate, hb_kpack *out)
{
    for (uint32_t v = 0; v < HB_BLOCK_VECTORS; v++) {
        v16 x = v16_load(s + v * HB_LANES);
        v16k_store(&out[v], v16k_from_v16(negate ? v16_neg(x) : x));
    }
}

static void symmetric(const hb_f *const *x, uint32_t n, hb_f *const *e)
{
    V_EACH {
        v16 a = v16_load(x[0] + v), b = v16_load(x[1] + v), sum = v16_add(a, b), product = v16_mul(a, b);
        if (n == 3) {
            v16 c = v16_load(x[2] + v);
            v16_store(e[2] + v, v16_mul(product, c));
            product = v16_add(product, v16_mul(sum, c));
            sum = v16_add(sum, c);
        }
        v16_store(e[0] + v, sum);
        v16_store(e[1] + v, product);
    }
}

static void canonical(const hb_f *x, uint32_t *out)
{
    V_EACH v16_store(out + v, v16_to_canonical(v16_load(x + v)));
}

const hb_air_kernels HB_ISA_SYM(hb_air_kernels_table) = {run, form, flag, embed, symmetric, canonical};
