/* The committed corpora (fuzz/corpus/<target>/) through their fuzz targets, as they are and with a few bytes changed: whatever compiler, no libFuzzer needed. */
#include <dirent.h>
#include <stdlib.h>

#include "base/testing.h"

typedef int (*target)(const uint8_t *data, size_t size);
int replay_bcode_program(const uint8_t *data, size_t size);
int replay_bcode_asm(const uint8_t *data, size_t size);
int replay_hbc(const uint8_t *data, size_t size);
int replay_bcode_translate(const uint8_t *data, size_t size);
int replay_package(const uint8_t *data, size_t size);

enum { FILE_MAX = 1 << 16 };

static void replay(const char *name, target t, unsigned changes)
{
    static uint8_t bytes[FILE_MAX], changed[FILE_MAX];
    const char *root = getenv("HB_SOURCE_DIR");
    char directory[3000], path[4000];
    hb_test_rng rng = {3};
    unsigned files = 0;
    snprintf(directory, sizeof directory, "%s/fuzz/corpus/%s_fuzz", root ? root : ".", name);
    DIR *d = opendir(directory);
    if (!d)
        fail_msg("no directory %s", directory);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        size_t n = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        files++;
        t(bytes, n);
        for (unsigned k = 0; k < changes && n; k++) {
            memcpy(changed, bytes, n);
            for (uint64_t c = 1 + hb_test_below(&rng, 3); c--;)
                changed[hb_test_below(&rng, n)] = (uint8_t)hb_test_u64(&rng);
            t(changed, hb_test_below(&rng, 8) ? n : hb_test_below(&rng, n));
        }
    }
    closedir(d);
    assert_true(files >= 5);
}

static void validator(void **state)
{
    (void)state;
    replay("bcode_program", replay_bcode_program, 20);
}

static void assembler(void **state)
{
    (void)state;
    replay("bcode_asm", replay_bcode_asm, 50);
}

static void container(void **state)
{
    (void)state;
    replay("hbc", replay_hbc, 200);
}

static void translator(void **state)
{
    (void)state;
    replay("bcode_translate", replay_bcode_translate, 20);
}

static void package(void **state)
{
    (void)state;
    replay("package", replay_package, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(validator), cmocka_unit_test(assembler), cmocka_unit_test(container), cmocka_unit_test(translator), cmocka_unit_test(package)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
