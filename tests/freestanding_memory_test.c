/* verifiers/freestanding/memory.c against the C library. Its functions are renamed so that both are here. */
#include "base/testing.h"

void *fs_memcpy(void *restrict to, const void *restrict from, size_t n);
void *fs_memmove(void *to, const void *from, size_t n);
void *fs_memset(void *to, int byte, size_t n);
int fs_memcmp(const void *a, const void *b, size_t n);

#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#define memcpy fs_memcpy
#define memmove fs_memmove
#define memset fs_memset
#define memcmp fs_memcmp
#include "verifiers/freestanding/memory.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

enum { ROOM = 96, LONGEST = 40 };

/* Two equal buffers of random bytes; a is given to ours, b to the C library's. */
typedef struct pair {
    _Alignas(16) uint8_t a[ROOM], b[ROOM], source[ROOM];
} pair;

static pair fresh(hb_test_rng *rng)
{
    pair p;
    hb_test_bytes(rng, p.a, ROOM);
    hb_test_bytes(rng, p.source, ROOM);
    memcpy(p.b, p.a, ROOM);
    return p;
}

static void copies_and_sets_agree(void **state)
{
    (void)state;
    hb_test_rng rng = {1};
    for (size_t to = 0; to < 17; to++)
        for (size_t from = 0; from < 17; from++)
            for (size_t n = 0; n <= LONGEST; n++) {
                pair p = fresh(&rng);
                assert_ptr_equal(fs_memcpy(p.a + to, p.source + from, n), p.a + to);
                memcpy(p.b + to, p.source + from, n);
                assert_memory_equal(p.a, p.b, ROOM);
                assert_ptr_equal(fs_memset(p.a + from, (int)(to + 250), n), p.a + from);
                memset(p.b + from, (int)(to + 250), n);
                assert_memory_equal(p.a, p.b, ROOM);
            }
}

static void moves_agree_when_overlapping(void **state)
{
    (void)state;
    hb_test_rng rng = {2};
    for (size_t to = 0; to < 50; to++)
        for (size_t from = 0; from < 50; from++)
            for (size_t n = 0; n <= LONGEST; n += 1 + n % 3) {
                pair p = fresh(&rng);
                assert_ptr_equal(fs_memmove(p.a + to, p.a + from, n), p.a + to);
                memmove(p.b + to, p.b + from, n);
                assert_memory_equal(p.a, p.b, ROOM);
            }
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void comparisons_agree(void **state)
{
    (void)state;
    hb_test_rng rng = {3};
    for (size_t n = 0; n <= LONGEST; n++)
        for (size_t differ = 0; differ <= n; differ++) {
            pair p = fresh(&rng);
            if (differ < n)
                p.b[differ] ^= (uint8_t)(1 + hb_test_below(&rng, 255));
            assert_int_equal(sign(fs_memcmp(p.a, p.b, n)), sign(memcmp(p.a, p.b, n)));
            assert_int_equal(fs_memcmp(p.a, p.b, n) != 0, differ < n);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_and_sets_agree),
        cmocka_unit_test(moves_agree_when_overlapping),
        cmocka_unit_test(comparisons_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
