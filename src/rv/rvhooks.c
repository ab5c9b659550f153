#include "rv/rvhooks.h"

#include "base/bytes.h"
#include "rv/bignum.h"

enum { FD_ECRECOVER = 15, FD_ED_DECOMPRESS, FD_RSA_MUL_MOD, FD_BLS12381_SQRT, FD_BLS12381_INVERSE, FD_FP_SQRT, FD_FP_INVERSE, FD_END };

static const char *const names[FD_END] = {
    [FD_ECRECOVER] = "hook ECRECOVER",         [FD_ED_DECOMPRESS] = "hook ED_DECOMPRESS", [FD_RSA_MUL_MOD] = "hook RSA_MUL_MOD",
    [FD_BLS12381_SQRT] = "hook BLS12381_SQRT", [FD_BLS12381_INVERSE] = "hook BLS12381_INVERSE",
    [FD_FP_SQRT] = "hook FP_SQRT",             [FD_FP_INVERSE] = "hook FP_INVERSE",
};

const char *hb_rv_hook_name(unsigned fd)
{
    return fd < FD_END ? names[fd] : NULL;
}

/* Constants of the curves, big-endian. SEC 2 (secp256k1, secp256r1), RFC 7748 (2^255 - 19), the BLS12-381 specification. */
static const uint8_t secp256k1_p[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xfc, 0x2f};
static const uint8_t secp256k1_n[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
                                        0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
static const uint8_t secp256r1_p[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                        0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t secp256r1_n[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
static const uint8_t ed25519_p[32] = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xed};
static const uint8_t bls12381_p[48] = {0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
                                       0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
                                       0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab};

/* A hook's answer: chunks in the order in which the guest reads them. */
typedef struct answer {
    uint8_t chunk[3][256];
    size_t len[3];
    unsigned n;
} answer;

static void add_status(answer *a, uint8_t status)
{
    a->chunk[a->n][0] = status;
    a->len[a->n++] = 1;
}

/* The number fits: it is below a modulus of at most len bytes, or was checked. */
static void add_be(answer *a, const hb_big *v, size_t len)
{
    hb_big_to_be(v, a->chunk[a->n], len);
    a->len[a->n++] = len;
}

static void add_le(answer *a, const hb_big *v, size_t len)
{
    hb_big_to_le(v, a->chunk[a->n], len);
    a->len[a->n++] = len;
}

/* v^(p - 2): the inverse when p is prime and v is not 0. */
static hb_big inverse(const hb_big *v, const hb_big *p)
{
    hb_big two = hb_big_from_u32(2), e = hb_big_sub(p, &two);
    return hb_big_pow_mod(v, &e, p);
}

/* The root of v, or of v times the non-residue: *is_square says which. False when neither exists. */
static bool root_or_witness(const hb_big *v, const hb_big *p, const hb_big *non_residue, hb_big *root, bool *is_square)
{
    *is_square = hb_big_sqrt_mod(v, p, non_residue, root);
    if (*is_square)
        return true;
    hb_big times = hb_big_mul_mod(v, non_residue, p);
    return hb_big_sqrt_mod(&times, p, non_residue, root);
}

static const char *ecrecover(hb_rv_span q, answer *out)
{
    if (q.len != 65)
        return "the request must have 65 bytes";
    unsigned curve = q.data[0] & 127;
    bool odd = q.data[0] >> 7, square;
    if (curve != 1 && curve != 2)
        return "unknown curve";
    hb_big p = hb_big_from_be(curve == 1 ? secp256k1_p : secp256r1_p, 32), n = hb_big_from_be(curve == 1 ? secp256k1_n : secp256r1_n, 32);
    hb_big r = hb_big_from_be(q.data + 1, 32), alpha = hb_big_from_be(q.data + 33, 32), three = hb_big_from_u32(3), y;
    if (hb_big_is_zero(&r) || hb_big_compare(&r, &n) >= 0 || hb_big_compare(&r, &p) >= 0)
        return "r is zero or too large";
    if (hb_big_is_zero(&alpha) || hb_big_compare(&alpha, &p) >= 0)
        return "alpha is zero or too large";
    if (!root_or_witness(&alpha, &p, &three, &y, &square))
        return "no root";
    add_status(out, square);
    if (square && hb_big_is_odd(&y) != odd)
        y = hb_big_sub(&p, &y);
    add_be(out, &y, 32);
    if (square) {
        hb_big inv = inverse(&r, &n);
        add_be(out, &inv, 32);
    }
    return NULL;
}

static const char *ed_decompress(hb_rv_span q, answer *out)
{
    uint8_t bytes[32];
    if (q.len != 64)
        return "the request must have 64 bytes";
    for (int i = 0; i < 32; i++)
        bytes[i] = i < 31 ? q.data[i] : q.data[i] & 127;
    hb_big p = hb_big_from_be(ed25519_p, 32), y = hb_big_from_le(bytes, 32), v = hb_big_from_le(q.data + 32, 32), one = hb_big_from_u32(1), root;
    bool square;
    if (hb_big_compare(&y, &p) >= 0) {
        add_status(out, 0);
        return NULL;
    }
    if (hb_big_compare(&v, &p) >= 0 || hb_big_is_zero(&v))
        return "v is zero or too large";
    hb_big v_inv = inverse(&v, &p), u = hb_big_mul_mod(&y, &y, &p), two = hb_big_from_u32(2);
    u = hb_big_add(&u, &p);
    u = hb_big_sub(&u, &one);
    hb_big quotient = hb_big_mul_mod(&u, &v_inv, &p);
    if (!root_or_witness(&quotient, &p, &two, &root, &square))
        return "no root";
    add_status(out, square);
    if (!square) {
        add_le(out, &v_inv, 32);
        add_le(out, &root, 32);
    }
    return NULL;
}

static const char *rsa_mul_mod(hb_rv_span q, answer *out)
{
    if (q.len != 768)
        return "the request must have 768 bytes";
    hb_big product = hb_big_from_le(q.data, 512), m = hb_big_from_le(q.data + 512, 256), quotient, remainder;
    uint8_t room[256];
    if (hb_big_is_zero(&m))
        return "the modulus is zero";
    hb_big_divide(&product, &m, &quotient, &remainder);
    if (!hb_big_to_le(&quotient, room, sizeof room))
        return "the quotient has more than 256 bytes";
    add_le(out, &remainder, 256);
    add_le(out, &quotient, 256);
    return NULL;
}

static const char *sqrt_answer(const hb_big *v, const hb_big *p, const hb_big *non_residue, size_t len, answer *out)
{
    hb_big root;
    bool square;
    if (hb_big_compare(v, p) >= 0 || hb_big_compare(non_residue, p) >= 0)
        return "an element is not below the modulus";
    if (!root_or_witness(v, p, non_residue, &root, &square))
        return "no root (is the modulus a prime, and the non-residue one?)";
    add_status(out, square);
    add_be(out, &root, len);
    return NULL;
}

static const char *inverse_answer(const hb_big *v, const hb_big *p, size_t len, answer *out)
{
    hb_big two = hb_big_from_u32(2), reduced;
    if (hb_big_compare(p, &two) <= 0)
        return "the modulus is below 3";
    hb_big_divide(v, p, NULL, &reduced);
    if (hb_big_is_zero(&reduced))
        return "zero has no inverse";
    hb_big inv = inverse(&reduced, p);
    add_be(out, &inv, len);
    return NULL;
}

static const char *bls12381(hb_rv_span q, bool root, answer *out)
{
    if (q.len != 48)
        return "the request must have 48 bytes";
    hb_big p = hb_big_from_be(bls12381_p, 48), v = hb_big_from_be(q.data, 48), two = hb_big_from_u32(2);
    return root ? sqrt_answer(&v, &p, &two, 48, out) : inverse_answer(&v, &p, 48, out);
}

static const char *generic(hb_rv_span q, bool root, answer *out)
{
    size_t parts = root ? 3 : 2;
    if (q.len < 4)
        return "the request has no length";
    size_t len = hb_load_be32(q.data);
    if (len == 0 || len > HB_RV_HOOK_MAX_BYTES)
        return "elements must have 1 to 64 bytes";
    if (q.len != 4 + parts * len)
        return "the request has a wrong length";
    hb_big v = hb_big_from_be(q.data + 4, len), p = hb_big_from_be(q.data + 4 + len, len);
    if (!root)
        return inverse_answer(&v, &p, len, out);
    hb_big non_residue = hb_big_from_be(q.data + 4 + 2 * len, len);
    return sqrt_answer(&v, &p, &non_residue, len, out);
}

static const char *serve(unsigned fd, hb_rv_span q, answer *out)
{
    switch (fd) {
    case FD_ECRECOVER:
        return ecrecover(q, out);
    case FD_ED_DECOMPRESS:
        return ed_decompress(q, out);
    case FD_RSA_MUL_MOD:
        return rsa_mul_mod(q, out);
    case FD_BLS12381_SQRT:
    case FD_BLS12381_INVERSE:
        return bls12381(q, fd == FD_BLS12381_SQRT, out);
    case FD_FP_SQRT:
    case FD_FP_INVERSE:
        return generic(q, fd == FD_FP_SQRT, out);
    default:
        return "no such hook";
    }
}

hb_rv_trap hb_rv_hook(hb_rv_host *h, unsigned fd, hb_rv_span request, const char **why)
{
    answer a = {.n = 0};
    *why = serve(fd, request, &a);
    if (*why)
        return HB_TRAP_HOOK;
    for (unsigned k = a.n; k-- > 0;) { /* the first chunk ends up in front */
        hb_rv_trap trap = hb_rv_host_push(h, a.chunk[k], a.len[k]);
        if (trap != HB_TRAP_NONE)
            return trap;
    }
    return HB_TRAP_NONE;
}
