/* Differential against qemu-riscv64 (Debian package qemu-user): one ELF file per seed runs under both. The calls at its end mean "write these bytes to standard output,
 * then stop" under both conventions at once: t0 holds our number, a7 Linux's, and the arguments are the same. Skipped when qemu is not installed. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rv/elf.h"
#include "rv/rv_test_util.h"
#include "rv/rvrandom.h"

enum { PROGRAMS = 24, BLOCKS = 12, INSTRUCTIONS = 120, REGISTER_BYTES = 31 * 8, A7 = 17, LINUX_WRITE = 64, LINUX_EXIT = 93 };

static void call(hb_rvasm *a, uint64_t ours, uint64_t theirs)
{
    hb_rvasm_li(a, A7, theirs);
    hb_rvasm_call(a, ours);
}

/* Random blocks, each followed by a dump of its registers behind the buffer; at the end buffer and dumps are written out. */
static void emit(hb_rvasm *a, uint64_t seed)
{
    const uint64_t dumps = HB_RVASM_DATA + HB_RVRANDOM_BUFFER_BYTES;
    for (uint64_t b = 0; b < BLOCKS; b++) {
        hb_rvrandom_emit(a, seed * 1000 + b, INSTRUCTIONS);
        hb_rvrandom_dump_registers(a, dumps + b * REGISTER_BYTES);
    }
    a->bss = HB_RVRANDOM_BUFFER_BYTES + BLOCKS * REGISTER_BYTES;
    hb_rvasm_li(a, 10, 1);
    hb_rvasm_li(a, 11, HB_RVASM_DATA);
    hb_rvasm_li(a, 12, a->bss);
    call(a, 2, LINUX_WRITE);
    hb_rvasm_li(a, 10, 0);
    call(a, 0, LINUX_EXIT);
}

static bool qemu_is_there(void)
{
    return system("qemu-riscv64 --version >/dev/null 2>&1") == 0;
}

static size_t run_qemu(const hb_buf *elf, uint8_t *out, size_t size)
{
    const char *folder = getenv("HB_BUILD_DIR");
    char path[512], command[600];
    snprintf(path, sizeof path, "%s/qemu_guest_XXXXXX", folder ? folder : ".");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, elf->data, elf->len), (ssize_t)elf->len);
    assert_int_equal(fchmod(fd, 0700), 0);
    close(fd);
    snprintf(command, sizeof command, "qemu-riscv64 '%s'", path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(out, 1, size, f);
    assert_int_equal(pclose(f), 0);
    unlink(path);
    return n;
}

static void same_as_qemu(void **state)
{
    (void)state;
    if (!qemu_is_there()) {
        print_message("skipped: qemu-riscv64 (package qemu-user) is not installed\n");
        skip();
    }
    static uint8_t out[65536];
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        hb_rvasm *a = new_asm();
        hb_buf elf = {0};
        hb_rv_program p;
        hb_rv_run *run;
        emit(a, seed);
        assert_int_equal(hb_rvasm_elf(a, &elf, NULL), HB_OK);
        hb_rvasm_free(a);
        free(a);
        assert_int_equal(hb_rv_elf_load(&p, elf.data, elf.len, NULL), HB_OK);
        assert_int_equal(run_both(&p, NULL, &run), HB_OK);
        const hb_rv_report *r = hb_rv_run_report(run);
        size_t n = run_qemu(&elf, out, sizeof out);
        assert_int_equal(n, HB_RVRANDOM_BUFFER_BYTES + BLOCKS * REGISTER_BYTES);
        assert_int_equal(r->stdout_bytes.len, n);
        for (size_t k = 0; k < n; k++)
            if (out[k] != r->stdout_bytes.data[k])
                fail_msg("seed %llu: byte %zu (block %zu register %zu)", (unsigned long long)seed, k, (k - HB_RVRANDOM_BUFFER_BYTES) / REGISTER_BYTES,
                         (k - HB_RVRANDOM_BUFFER_BYTES) % REGISTER_BYTES / 8 + 1);
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
        hb_buf_free(&elf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_qemu)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
