/* Hooks: answers on known points and constants, their defining equations on random requests, and refusals. Constants were computed with Python's integers. */
#include <stdio.h>

#include "rv/bignum.h"
#include "rv/rv_test_util.h"
#include "rv/rvhooks.h"

typedef struct reply {
    hb_rv_trap trap;
    const char *why;
    uint8_t chunk[3][256];
    size_t len[3];
    unsigned n;
} reply;

static reply ask(unsigned fd, const void *request, size_t len)
{
    static hb_rv_host h; /* large */
    hb_rv_exec_options options = {0};
    reply r = {.n = 0};
    hb_rv_span chunk;
    hb_rv_host_init(&h, &options);
    r.trap = hb_rv_hook(&h, fd, (hb_rv_span){request, len}, &r.why);
    while (hb_rv_host_front(&h, &chunk)) {
        assert_true(r.n < 3 && chunk.len <= 256);
        memcpy(r.chunk[r.n], chunk.data, chunk.len);
        r.len[r.n++] = chunk.len;
        hb_rv_host_pop(&h);
    }
    hb_rv_host_free(&h);
    return r;
}

static size_t unhex(const char *text, uint8_t *out)
{
    size_t n = strlen(text) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned v;
        assert_int_equal(sscanf(text + 2 * i, "%2x", &v), 1);
        out[i] = (uint8_t)v;
    }
    return n;
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *want)
{
    uint8_t w[256];
    assert_int_equal(unhex(want, w), len);
    assert_memory_equal(bytes, w, len);
}

#define K1_P "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"

static void ecrecover(void **state)
{
    (void)state;
    static const struct {
        uint8_t curve;
        const char *x, *alpha, *y, *inverse;
    } points[] = {
        /* generators: secp256k1 has an even y, secp256r1 an odd one */
        {1, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "4866d6a5ab41ab2c6bcc57ccd3735da5f16f80a548e5e20a44e4e9b8118c26f2",
         "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8", "1dd887b3eaf153260a95e8b9fd31f60ac115d26ccbe1f572c0b8d7a6dec520fe"},
        {2 | 128, "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", "55df5d5850f47bad82149139979369fe498a9022a412b5e0bedd2cfc21c3ed91",
         "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5", "4a8dbb62c2548ddcb57084bceeab15480df0052a93d05ca48caaa102e7efdd93"},
    };
    for (int k = 0; k < 2; k++) {
        uint8_t q[65] = {points[k].curve};
        unhex(points[k].x, q + 1);
        unhex(points[k].alpha, q + 33);
        reply r = ask(15, q, 65);
        assert_int_equal(r.trap, HB_TRAP_NONE);
        assert_int_equal(r.n, 3);
        assert_true(r.len[0] == 1 && r.chunk[0][0] == 1);
        assert_hex(r.chunk[1], r.len[1], points[k].y);
        assert_hex(r.chunk[2], r.len[2], points[k].inverse);
        q[0] ^= 128; /* the other root */
        r = ask(15, q, 65);
        assert_int_equal((r.chunk[1][31] ^ q[0] >> 7) & 1, 0);
        q[64] ^= 1; /* some other alpha: a root of it, or of three times it */
        for (int n = 0; n < 8; n++, q[64]++) {
            r = ask(15, q, 65);
            assert_int_equal(r.trap, HB_TRAP_NONE);
            assert_int_equal(r.n, r.chunk[0][0] ? 3 : 2);
        }
    }
    uint8_t bad[65] = {1};
    assert_int_equal(ask(15, bad, 64).trap, HB_TRAP_HOOK);
    assert_string_equal(ask(15, bad, 65).why, "r is zero or too large");
    bad[32] = 1;
    assert_string_equal(ask(15, bad, 65).why, "alpha is zero or too large");
    bad[64] = 1;
    assert_int_equal(ask(15, bad, 65).trap, HB_TRAP_NONE);
    bad[0] = 3;
    assert_string_equal(ask(15, bad, 65).why, "unknown curve");
    bad[0] = 1;
    unhex(K1_P, bad + 33);
    assert_string_equal(ask(15, bad, 65).why, "alpha is zero or too large");
}

/* root^2 = v or v * witness modulo p, as the status says. */
static void check_root(const reply *r, const hb_big *v, const hb_big *p, uint32_t witness)
{
    assert_int_equal(r->trap, HB_TRAP_NONE);
    hb_big root = hb_big_from_be(r->chunk[1], r->len[1]), w = hb_big_from_u32(witness);
    hb_big square = hb_big_mul_mod(&root, &root, p), want = r->chunk[0][0] ? *v : hb_big_mul_mod(v, &w, p);
    assert_int_equal(hb_big_compare(&square, &want), 0);
}

static void field_roots_and_inverses(void **state)
{
    (void)state;
    static const char *const modulus = K1_P;
    uint8_t q[4 + 96] = {0, 0, 0, 32}, p_bytes[32];
    unhex(modulus, p_bytes);
    hb_big p = hb_big_from_be(p_bytes, 32), one = hb_big_from_u32(1);
    unsigned squares = 0;
    for (int k = 0; k < 20; k++) {
        memset(q + 4, 0, 96);
        q[4] = (uint8_t)(k * 11);
        q[35] = (uint8_t)k;
        memcpy(q + 36, p_bytes, 32);
        q[99] = 3;
        hb_big v = hb_big_from_be(q + 4, 32);
        reply r = ask(20, q, 100);
        assert_int_equal(r.n, 2);
        check_root(&r, &v, &p, 3);
        squares += r.chunk[0][0];
        r = ask(21, q, 68);
        if (k == 0) {
            assert_string_equal(r.why, "zero has no inverse");
            continue;
        }
        assert_int_equal(r.n, 1);
        hb_big inverse = hb_big_from_be(r.chunk[0], r.len[0]), product = hb_big_mul_mod(&inverse, &v, &p);
        assert_int_equal(hb_big_compare(&product, &one), 0);
    }
    assert_true(squares > 3 && squares < 18);
}

static void refusals(void **state)
{
    (void)state;
    uint8_t q[4 + 3 * 65] = {0};
    static const struct {
        uint32_t n;
        size_t len;
        const char *why;
    } cases[] = {
        {0, 4, "elements must have 1 to 64 bytes"},
        {65, 4 + 3 * 65, "elements must have 1 to 64 bytes"},
        {UINT32_MAX, 199, "elements must have 1 to 64 bytes"},
        {0x80000000, 4, "elements must have 1 to 64 bytes"},
        {32, 99, "the request has a wrong length"},
        {32, 101, "the request has a wrong length"},
        {32, 100, "an element is not below the modulus"}, /* modulus 0 */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_store_be32(q, cases[k].n);
        reply r = ask(20, q, cases[k].len);
        assert_int_equal(r.trap, HB_TRAP_HOOK);
        assert_string_equal(r.why, cases[k].why);
        assert_int_equal(r.n, 0);
    }
    assert_string_equal(ask(20, q, 3).why, "the request has no length");
    assert_string_equal(ask(21, NULL, 0).why, "the request has no length");
    hb_store_be32(q, 32);
    assert_string_equal(ask(21, q, 68).why, "the modulus is below 3");
    assert_null(hb_rv_hook_name(14));
    assert_null(hb_rv_hook_name(22));
    assert_string_equal(hb_rv_hook_name(20), "hook FP_SQRT");
}

static void bls12381(void **state)
{
    (void)state;
    uint8_t q[48] = {0}, p_bytes[48];
    unhex("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", p_bytes);
    hb_big p = hb_big_from_be(p_bytes, 48);
    q[47] = 5;
    reply r = ask(19, q, 48);
    assert_int_equal(r.n, 1);
    assert_hex(r.chunk[0], r.len[0], "0a66d3f74a33290a84717648e7b7debc8e961e352e353ab2f613877395e06274d911999913bb33331732ccccccccaaab");
    for (uint8_t k = 0; k < 12; k++) {
        q[47] = k;
        hb_big v = hb_big_from_be(q, 48);
        r = ask(18, q, 48);
        check_root(&r, &v, &p, 2);
    }
    memset(q, 0, sizeof q);
    assert_string_equal(ask(19, q, 48).why, "zero has no inverse");
    r = ask(18, q, 48);
    assert_true(r.chunk[0][0] == 1 && r.len[1] == 48);
    assert_string_equal(ask(18, p_bytes, 48).why, "an element is not below the modulus");
    assert_string_equal(ask(18, p_bytes, 47).why, "the request must have 48 bytes");
}

static void ed_decompress(void **state)
{
    (void)state;
    /* the base point: y = 4/5, v = d y^2 + 1; bytes are little-endian */
    uint8_t q[64], big[32];
    unhex("6666666666666666666666666666666666666666666666666666666666666658", big);
    for (int i = 0; i < 32; i++)
        q[i] = big[31 - i];
    unhex("4e16ac1d8c70a2d94fdbae6237fc19fae18f62c0cd9ac81bd096982f688b2e7a", big);
    for (int i = 0; i < 32; i++)
        q[32 + i] = big[31 - i];
    reply r = ask(16, q, 64);
    assert_true(r.n == 1 && r.len[0] == 1 && r.chunk[0][0] == 1);
    q[31] |= 128; /* the sign bit does not matter */
    assert_int_equal(ask(16, q, 64).chunk[0][0], 1);
    unsigned failures = 0;
    unhex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", big);
    hb_big p = hb_big_from_be(big, 32), one = hb_big_from_u32(1), two = hb_big_from_u32(2);
    for (uint8_t k = 0; k < 8; k++) {
        q[32] = k;
        hb_big v = hb_big_from_le(q + 32, 32), y;
        r = ask(16, q, 64);
        assert_int_equal(r.trap, HB_TRAP_NONE);
        if (r.chunk[0][0])
            continue;
        failures++;
        assert_int_equal(r.n, 3);
        q[31] &= 127;
        y = hb_big_from_le(q, 32);
        hb_big v_inv = hb_big_from_le(r.chunk[1], 32), root = hb_big_from_le(r.chunk[2], 32);
        hb_big unit = hb_big_mul_mod(&v, &v_inv, &p), square = hb_big_mul_mod(&root, &root, &p), u = hb_big_mul_mod(&y, &y, &p);
        assert_int_equal(hb_big_compare(&unit, &one), 0);
        u = hb_big_add(&u, &p);
        u = hb_big_sub(&u, &one);
        u = hb_big_mul_mod(&u, &v_inv, &p);
        u = hb_big_mul_mod(&u, &two, &p);
        assert_int_equal(hb_big_compare(&square, &u), 0);
    }
    assert_true(failures > 0);
    memset(q, 0xff, 32); /* y not below p */
    r = ask(16, q, 64);
    assert_true(r.n == 1 && r.chunk[0][0] == 0);
    assert_string_equal(ask(16, q, 63).why, "the request must have 64 bytes");
    memset(q, 0, 64);
    assert_string_equal(ask(16, q, 64).why, "v is zero or too large");
}

static void rsa_mul_mod(void **state)
{
    (void)state;
    static uint8_t q[768];
    for (int i = 0; i < 768; i++)
        q[i] = (uint8_t)(i * 7 + 3);
    q[767] = 0xff; /* modulus with its top bit, product below modulus * 2^2048 */
    q[511] = 0x0f;
    reply r = ask(17, q, 768);
    assert_int_equal(r.trap, HB_TRAP_NONE);
    assert_true(r.n == 2 && r.len[0] == 256 && r.len[1] == 256);
    hb_big m = hb_big_from_le(q + 512, 256), rest = hb_big_from_le(r.chunk[0], 256), times = hb_big_from_le(r.chunk[1], 256);
    hb_big sum = hb_big_mul(&m, &times), product = hb_big_from_le(q, 512);
    sum = hb_big_add(&sum, &rest);
    assert_int_equal(hb_big_compare(&sum, &product), 0);
    assert_true(hb_big_compare(&rest, &m) < 0);
    memset(q + 512, 0, 256);
    assert_string_equal(ask(17, q, 768).why, "the modulus is zero");
    q[512] = 2;
    assert_string_equal(ask(17, q, 768).why, "the quotient has more than 256 bytes");
    assert_string_equal(ask(17, q, 767).why, "the request must have 768 bytes");
}

/* Through a guest: the answer's chunks arrive in order, in front of what was queued. */
static void from_a_guest(void **state)
{
    (void)state;
    uint8_t q[48] = {0};
    q[47] = 4;
    const hb_rv_span input = {(const uint8_t *)"later", 5};
    hb_rvasm *a = new_asm();
    uint64_t at = hb_rvasm_bytes(a, q, 48);
    hb_rvasm_li(a, 12, 48);
    hb_rvasm_li(a, 10, 18);
    hb_rvasm_li(a, 11, at);
    hb_rvasm_call(a, 2);
    for (uint64_t k = 0; k < 3; k++) {
        hb_rvasm_call(a, 0xf0);
        hb_rvasm_op(a, HB_OP_ADDI, 11, 5, 0, 0);
        hb_rvasm_li(a, 10, HB_RV_INPUT_LO + 64 * k);
        hb_rvasm_call(a, 0xf1);
    }
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, &(hb_rv_exec_options){.inputs = &input, .n_inputs = 1}, &run), HB_OK);
    assert_int_equal(word_at(run, HB_RV_INPUT_LO), 1);
    uint8_t root[48];
    assert_true(hb_rv_run_memory(run, HB_RV_INPUT_LO + 64, root, 48));
    assert_true(root[47] == 2 || root[0] != 0); /* 2, or p - 2 */
    assert_int_equal(word_at(run, HB_RV_INPUT_LO + 128), UINT64_C(0x726574616c)); /* "later" */
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecrecover),     cmocka_unit_test(field_roots_and_inverses), cmocka_unit_test(refusals),     cmocka_unit_test(bls12381),
        cmocka_unit_test(ed_decompress), cmocka_unit_test(rsa_mul_mod),              cmocka_unit_test(from_a_guest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
