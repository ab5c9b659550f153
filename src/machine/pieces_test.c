#include "machine/pieces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/testing.h"

static const uint32_t one[8] = {1, 2, 3, 4, 5, 6, 7, 8}, other[8] = {8, 7, 6, 5, 4, 3, 2, 1};
static const uint8_t bytes[] = "the bytes of a proof";
static char dir[64];

static int make(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/hb_pieces_XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    hb_pieces_remove(dir, 8);
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static bool loads(uint32_t i)
{
    hb_buf b = {0};
    const bool there = hb_pieces_load(dir, i, &b);
    if (there)
        assert_true(b.len == sizeof bytes && memcmp(b.data, bytes, sizeof bytes) == 0);
    hb_buf_free(&b);
    return there;
}

static void begin(const uint32_t seed[8])
{
    hb_error err = {0};
    assert_int_equal(hb_pieces_open(dir, seed, &err), HB_OK);
}

static void keep(uint32_t i)
{
    hb_error err = {0};
    assert_int_equal(hb_pieces_store(dir, i, bytes, sizeof bytes, &err), HB_OK);
}

static void same_run_goes_on(void **state)
{
    (void)state;
    begin(one);
    keep(0);
    keep(3);
    begin(one);
    assert_true(loads(0) && loads(3) && !loads(1));
}

static void another_run_is_refused(void **state)
{
    (void)state;
    hb_error err = {0};
    begin(one);
    keep(0);
    assert_int_equal(hb_pieces_open(dir, other, &err), HB_INVALID_ARGUMENT);
    begin(one);
    assert_true(loads(0));
}

/* The file `run` is lost or damaged: what lies there may be of any run, this one or not. */
static void pieces_without_a_run_are_dropped(void **state)
{
    (void)state;
    begin(one);
    keep(0);
    assert_int_equal(unlink(path_of("run")), 0);
    begin(other);
    assert_false(loads(0));

    keep(5);
    assert_int_equal(truncate(path_of("run"), 0), 0);
    hb_error err = {0};
    const hb_status st = hb_pieces_open(dir, one, &err);
    assert_true(st == HB_INVALID_ARGUMENT || (st == HB_OK && !loads(5)));
}

static void damaged_pieces_are_not_there(void **state)
{
    (void)state;
    begin(one);
    keep(2);
    FILE *f = fopen(path_of("2.piece"), "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, -1, SEEK_END), 0);
    assert_int_equal(fputc('x', f), 'x');
    fclose(f);
    assert_false(loads(2));
    keep(2);
    char from[128];
    strcpy(from, path_of("2.piece"));
    assert_int_equal(rename(from, path_of("4.piece")), 0); /* another proof's number */
    assert_false(loads(4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_run_goes_on, make, drop), cmocka_unit_test_setup_teardown(another_run_is_refused, make, drop),
        cmocka_unit_test_setup_teardown(pieces_without_a_run_are_dropped, make, drop), cmocka_unit_test_setup_teardown(damaged_pieces_are_not_there, make, drop)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
