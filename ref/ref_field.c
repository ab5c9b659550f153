#include "ref_field.h"

uint64_t ref_f_pow(uint64_t a, uint64_t e) {
    uint64_t r = 1;
    for (; e; e >>= 1, a = a * a % REF_P)
        if (e & 1) r = r * a % REF_P;
    return r;
}

uint64_t ref_f_inv(uint64_t a) { return ref_f_pow(a, REF_P - 2); }

uint64_t ref_f_root(uint32_t log2_order) { return ref_f_pow(31, (REF_P - 1) >> log2_order); }

ref_k ref_k_of(uint64_t a) { return (ref_k){{a % REF_P, 0, 0, 0, 0}}; }

ref_k ref_k_add(ref_k a, ref_k b) {
    for (int i = 0; i < 5; i++) a.c[i] = (a.c[i] + b.c[i]) % REF_P;
    return a;
}

ref_k ref_k_sub(ref_k a, ref_k b) {
    for (int i = 0; i < 5; i++) a.c[i] = (a.c[i] + REF_P - b.c[i]) % REF_P;
    return a;
}

ref_k ref_k_mul(ref_k a, ref_k b) {
    uint64_t t[9] = {0};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) t[i + j] = (t[i + j] + a.c[i] * b.c[j]) % REF_P;
    ref_k r;
    for (int i = 0; i < 5; i++) r.c[i] = (t[i] + (i < 4 ? 2 * t[i + 5] : 0)) % REF_P;
    return r;
}

ref_k ref_k_pow(ref_k a, uint64_t e) {
    ref_k r = ref_k_of(1);
    for (; e; e >>= 1, a = ref_k_mul(a, a))
        if (e & 1) r = ref_k_mul(r, a);
    return r;
}

/* a^(p^i): X^p = 2^((p-1)/5) X, so coefficient j is multiplied by g^j with g = 2^((p-1)/5), i times over. */
static ref_k frobenius(ref_k a) {
    const uint64_t g = ref_f_pow(2, (REF_P - 1) / 5);
    uint64_t s = 1;
    for (int j = 0; j < 5; j++, s = s * g % REF_P) a.c[j] = a.c[j] * s % REF_P;
    return a;
}

/* a^-1 = a^(p + p^2 + p^3 + p^4) / N(a), and the norm N(a) lies in F. */
ref_k ref_k_inv(ref_k a) {
    ref_k conjugates = ref_k_of(1), f = a;
    for (int i = 1; i < 5; i++) {
        f = frobenius(f);
        conjugates = ref_k_mul(conjugates, f);
    }
    const ref_k norm = ref_k_mul(conjugates, a);
    return ref_k_mul(conjugates, ref_k_of(ref_f_inv(norm.c[0])));
}

bool ref_k_eq(ref_k a, ref_k b) {
    for (int i = 0; i < 5; i++)
        if (a.c[i] != b.c[i]) return false;
    return true;
}

bool ref_k_is_zero(ref_k a) { return ref_k_eq(a, ref_k_of(0)); }

ref_k ref_eq(const ref_k *r, const ref_k *s, uint32_t n) {
    ref_k product = ref_k_of(1);
    const ref_k one = ref_k_of(1);
    for (uint32_t i = 0; i < n; i++) {
        const ref_k both = ref_k_mul(r[i], s[i]), neither = ref_k_mul(ref_k_sub(one, r[i]), ref_k_sub(one, s[i]));
        product = ref_k_mul(product, ref_k_add(both, neither));
    }
    return product;
}

ref_k ref_eq_bits(const ref_k *r, uint32_t n, uint64_t b) {
    ref_k product = ref_k_of(1);
    for (uint32_t i = 0; i < n; i++) product = ref_k_mul(product, (b >> i & 1) ? r[i] : ref_k_sub(ref_k_of(1), r[i]));
    return product;
}
