/* The loader: a good file gives the promised program; every broken rule gives Invalid program with header and reason; symbols. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "rv/elf.h"
#include "rv/isa.h"
#include "rv/rvasm.h"

/* A program with all kinds of transpiled instructions, and a data segment. */
static hb_buf good_file(void)
{
    hb_rvasm a = {0};
    hb_buf out = {0};
    uint32_t end = hb_rvasm_label(&a);
    hb_rvasm_op(&a, HB_OP_ADDI, 0, 1, 0, -1);          /* 0: HINT: rd = x0 */
    hb_rvasm_op(&a, HB_OP_AUIPC, 5, 0, 0, 0x1000);     /* 1 */
    hb_rvasm_op(&a, HB_OP_FENCE, 0, 0, 0, 0);          /* 2 */
    hb_rvasm_branch(&a, HB_OP_BEQ, 1, 2, end);         /* 3 */
    hb_rvasm_op(&a, HB_OP_JAL, 1, 0, 0, 6);            /* 4: not 4-aligned */
    hb_rvasm_op(&a, HB_OP_JALR, 0, 5, 0, -4);          /* 5 */
    hb_rvasm_op(&a, HB_OP_EBREAK, 0, 0, 0, 0);         /* 6: no row */
    hb_rvasm_word(&a, 0xc0001073);                     /* 7: unimp, no row */
    hb_rvasm_place(&a, end);
    hb_rvasm_op(&a, HB_OP_SRAIW, 7, 8, 0, 31);         /* 8 */
    hb_rvasm_op(&a, HB_OP_SD, 0, 2, 9, -8);            /* 9 */
    hb_rvasm_op(&a, HB_OP_ECALL, 0, 0, 0, 0);          /* 10 */
    hb_rvasm_op(&a, HB_OP_LUI, 6, 0, 0, INT32_MIN);    /* 11 */
    hb_rvasm_bytes(&a, "hello, world", 12);
    a.bss = 100;
    assert_int_equal(hb_rvasm_elf(&a, &out, NULL), HB_OK);
    hb_rvasm_free(&a);
    return out;
}

static void assert_row(const hb_rv_program *p, uint32_t word, hb_rv_insn want)
{
    want.pc = 0x1e000000 + word;
    uint32_t i = hb_rv_program_find(p, want.pc);
    assert_int_not_equal(i, UINT32_MAX);
    assert_memory_equal(&p->insns[i], &want, sizeof want);
}

static void good_program(void **state)
{
    (void)state;
    hb_buf f = good_file();
    hb_rv_program p;
    hb_error err;
    assert_int_equal(hb_rv_elf_load(&p, f.data, f.len, &err), HB_OK);
    assert_int_equal(p.entry, 0x1e000000);
    assert_int_equal(p.n_insns, 10);
    assert_true(p.img_lo == 0x78000000 && p.img_hi == HB_RVASM_DATA + 16 && p.image_end == HB_RVASM_DATA + 112);
    assert_true(p.text_lo == 0x78000000 && p.text_hi == 0x78000030);
    assert_memory_equal((const char *)&p.image[(HB_RVASM_DATA - 0x78000000) / 8], "hello, world\0\0\0\0", 16);
    assert_true(p.image[0x20000 / 8] == 0);
    assert_int_equal(hb_rv_program_word(&p, 0x78000018), 0x00100073);
    assert_int_equal(hb_rv_program_word(&p, 0x78040010), 0);
    assert_int_equal(hb_rv_program_word(&p, 0x77fffffc), 0);

    assert_row(&p, 0, (hb_rv_insn){.op = HB_OP_ADDI, .rd = 32, .rs1 = 1, .imm = {0xffff, 0xffff, 0xffff, 0xffff}});
    assert_row(&p, 1, (hb_rv_insn){.op = HB_OP_LUI, .rd = 5, .imm = {0x1004, 0x7800, 0, 0}});
    assert_row(&p, 2, (hb_rv_insn){.op = HB_OP_LUI, .rd = 32});
    assert_row(&p, 3, (hb_rv_insn){.op = HB_OP_BEQ, .rs1 = 1, .rs2 = 2, .imm = {0x1e000008}});
    assert_row(&p, 4, (hb_rv_insn){.op = HB_OP_JAL, .rd = 1, .imm = {HB_PC_NOWHERE, 0x0014, 0x7800, 0}});
    assert_row(&p, 5, (hb_rv_insn){.op = HB_OP_JALR, .rd = 32, .rs1 = 5, .imm = {0xfffc, 0xffff, 0x0018, 0x7800}});
    assert_row(&p, 8, (hb_rv_insn){.op = HB_OP_SRAIW, .rd = 7, .rs1 = 8, .imm = {31}});
    assert_row(&p, 9, (hb_rv_insn){.op = HB_OP_SD, .rs1 = 2, .rs2 = 9, .imm = {0xfff8, 0xffff, 0xffff, 0xffff}});
    assert_row(&p, 10, (hb_rv_insn){.op = HB_OP_ECALL});
    assert_row(&p, 11, (hb_rv_insn){.op = HB_OP_LUI, .rd = 6, .imm = {0, 0x8000, 0xffff, 0xffff}});
    assert_int_equal(hb_rv_program_find(&p, 0x1e000006), UINT32_MAX);
    assert_int_equal(hb_rv_program_find(&p, 0x1e000007), UINT32_MAX);
    assert_int_equal(hb_rv_program_find(&p, 0x1e00000c), UINT32_MAX);
    assert_int_equal(hb_rv_program_find(&p, 0x1dffffff), UINT32_MAX);
    assert_int_equal(hb_rv_program_find(&p, 0), UINT32_MAX);
    hb_rv_program_free(&p);
    hb_buf_free(&f);
}

/* Where fields of the test file are: program header i starts at 64 + 56 i. */
enum { P0 = 64, P1 = 120, TYPE = 0, FLAGS = 4, OFFSET = 8, VADDR = 16, FILESZ = 32, MEMSZ = 40 };

typedef struct hostile {
    size_t at;
    unsigned bytes;
    uint64_t value;
    const char *message; /* a part of the error; NULL: must load */
} hostile;

static const hostile cases[] = {
    {0, 1, 0, "not an ELF file"},
    {4, 1, 1, "not a 64-bit"},
    {5, 1, 2, "not a little-endian"},
    {6, 1, 0, "unknown ELF version"},
    {20, 4, 2, "unknown ELF version"},
    {18, 2, 62, "not a RISC-V program"},
    {16, 2, 3, "not a static executable"},
    {16, 2, 1, "not a static executable"},
    {54, 2, 55, "unknown size of program headers"},
    {56, 2, 0, "no program headers"},
    {56, 2, 257, "more than 256"},
    {56, 2, 65535, "more than 256"},
    {56, 2, 1, NULL},
    {32, 8, UINT64_MAX, "program headers lie outside"},
    {32, 8, UINT64_MAX - 55, "program headers lie outside"},
    {32, 8, UINT64_C(1) << 40, "program headers lie outside"},
    {24, 8, 0x78000002, "entry"},
    {24, 8, 0x78000030, "entry"},
    {24, 8, 0x7802fffc, "entry"},
    {24, 8, HB_RVASM_DATA, "entry"},
    {24, 8, 0, "entry"},
    {24, 8, UINT64_C(0x178000000), "entry"},
    {24, 8, 0x7800002c, NULL},
    {P0 + TYPE, 4, 2, "header 0: dynamic linking"},
    {P1 + TYPE, 4, 3, "header 1: dynamic linking"},
    {P1 + TYPE, 4, 4, NULL},                                        /* a note: ignored */
    {P0 + TYPE, 4, 4, "no executable segment"},
    {P0 + FLAGS, 4, 7, "header 0: is both writable and executable"},
    {P0 + FLAGS, 4, 4, "no executable segment"},
    {P1 + FLAGS, 4, 7, "header 1: is both writable and executable"},
    {P1 + FLAGS, 4, 5, NULL},                                       /* two executable segments far apart */
    {P0 + OFFSET, 8, UINT64_MAX, "header 0: its bytes lie outside the file"},
    {P0 + OFFSET, 8, UINT64_MAX - 47, "header 0: its bytes lie outside the file"},
    {P1 + OFFSET, 8, 1 << 20, "header 1: its bytes lie outside the file"},
    {P0 + FILESZ, 8, UINT64_MAX, "header 0: its bytes lie outside the file"},
    {P0 + FILESZ, 8, 1 << 14, "header 0: its bytes lie outside the file"},
    {P0 + FILESZ, 8, 49, "header 0: more bytes in the file than in memory"},
    {P0 + FILESZ, 8, 3, "no executable segment with an instruction"},
    {P0 + FILESZ, 8, 0, "no executable segment with an instruction"},
    {P0 + MEMSZ, 8, UINT64_C(1) << 63, "header 0: reaches beyond the image range"},
    {P1 + MEMSZ, 8, UINT64_C(1) << 63, "header 1: reaches beyond the image range"},
    {P1 + MEMSZ, 8, UINT64_MAX, "header 1: reaches beyond the image range"},
    {P1 + MEMSZ, 8, UINT64_C(1) << 36, NULL},                       /* a huge .bss costs nothing */
    {P1 + MEMSZ, 8, 11, "header 1: more bytes in the file than in memory"},
    {P1 + MEMSZ, 8, 0, NULL},                                       /* no memory: ignored whatever the file says */
    {P0 + VADDR, 8, 0x77fff000, "header 0: lies below the image range"},
    {P0 + VADDR, 8, 0, "header 0: lies below the image range"},
    {P0 + VADDR, 8, UINT64_MAX, "header 0: reaches beyond the image range"},
    {P0 + VADDR, 8, 0x78000002, "header 0: is executable but does not start at a multiple of 4"},
    {P0 + VADDR, 8, HB_RVASM_DATA, "header 1: overlaps the segment before it"},
    {P0 + VADDR, 8, UINT64_C(0xfffffff0), "header 0: is executable but does not end below"},
    {P0 + VADDR, 8, UINT64_C(0x100000000), "header 0: is executable but does not end below"},
    {P0 + MEMSZ, 8, UINT64_C(0x88000000), "header 0: is executable but does not end below"},
    {P0 + MEMSZ, 8, UINT64_C(0x40001), "header 1: overlaps the segment before it"},
    {P0 + MEMSZ, 8, UINT64_C(0x3fffd), NULL},
    {P1 + VADDR, 8, 0x78000020, "header 1: overlaps the segment before it"},
    {P1 + VADDR, 8, 0x78000030, NULL},
    {P1 + VADDR, 8, 0x78000031, NULL},                              /* data needs no alignment */
    {P1 + VADDR, 8, 0x7fffffe0, NULL},                              /* spans 2^27 - 16 */
    {P1 + VADDR, 8, UINT64_C(0x7ffffff8), "the image spans 134217736 bytes"},
    {P1 + VADDR, 8, HB_RV_INPUT_LO - 111, "header 1: reaches beyond"},
    {P1 + VADDR, 8, HB_RV_INPUT_LO - 112, "the image spans"},
    {40, 8, UINT64_MAX, NULL},                                      /* section table nowhere: no symbols */
    {60, 2, 65535, NULL},
};

static void hostile_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const hostile *c = &cases[i];
        hb_buf f = good_file();
        hb_rv_program p;
        hb_error err;
        hb_error_clear(&err);
        for (unsigned k = 0; k < c->bytes; k++)
            f.data[c->at + k] = (uint8_t)(c->value >> (8 * k));
        hb_status st = hb_rv_elf_load(&p, f.data, f.len, &err);
        if (!c->message) {
            if (st != HB_OK)
                fail_msg("case %zu: %s", i, err.message);
            hb_rv_program_free(&p);
        } else {
            if (st != HB_INVALID_PROGRAM || !strstr(err.message, c->message) || strncmp(err.message, "Invalid program: ", 17) != 0)
                fail_msg("case %zu: got %d %s, wanted %s", i, st, err.message, c->message);
            assert_null(p.priv);
            assert_int_equal(hb_rv_elf_load(&p, f.data, f.len, NULL), HB_INVALID_PROGRAM);
        }
        hb_buf_free(&f);
    }
}

/* The IMAGE table names addresses below 2^32, so no key could verify an image that goes on above. */
static void images_end_at_4_gib(void **state)
{
    (void)state;
    static const uint8_t nop[4] = {0x13, 0, 0, 0}, data[16] = {1};
    const uint64_t text = UINT64_C(0xff000000);
    for (uint64_t bytes = 8; bytes <= 9; bytes++) {
        const hb_rv_segment segments[2] = {
            {.vaddr = text, .data = nop, .file_bytes = 4, .mem_bytes = 4, .executable = true},
            {.vaddr = UINT64_C(0xfffffff8), .data = data, .file_bytes = bytes, .mem_bytes = bytes, .writable = true, .header = 1},
        };
        hb_rv_program p;
        hb_error err = {0};
        hb_status st = hb_rv_program_build(&p, segments, 2, text, &err);
        if (bytes == 8) {
            assert_int_equal(st, HB_OK);
            assert_true(p.img_hi == HB_RV_IMAGE_END_MAX);
            hb_rv_program_free(&p);
        } else {
            assert_int_equal(st, HB_INVALID_PROGRAM);
            assert_non_null(strstr(err.message, "above 2^32"));
        }
    }
}

/* Every truncation of a good file: refused or, when only unused bytes are missing, loaded. Never a read past the end (the copy is exactly
 * as long as the file, so AddressSanitizer sees one). */
static void truncated_files(void **state)
{
    (void)state;
    hb_buf f = good_file();
    for (size_t len = 0; len < f.len; len += len < 400 ? 1 : 97) {
        uint8_t *copy = test_malloc(len ? len : 1);
        memcpy(copy, f.data, len);
        hb_rv_program p;
        hb_status st = hb_rv_elf_load(&p, copy, len, NULL);
        assert_true(st == HB_INVALID_PROGRAM || len >= 8192 + 12);
        if (st == HB_OK)
            hb_rv_program_free(&p);
        test_free(copy);
    }
    hb_buf_free(&f);
}

/* Two segments that meet inside a double word: each keeps its bytes, the .bss of the first does not wipe the second. */
static void segments_share_a_double_word(void **state)
{
    (void)state;
    const uint8_t text[8] = {0x73, 0, 0, 0, 0x73, 0, 0, 0}, a[3] = {1, 2, 3}, b[2] = {0xaa, 0xbb};
    const hb_rv_segment s[] = {
        {.vaddr = 0x78000000, .data = text, .file_bytes = 8, .mem_bytes = 8, .executable = true},
        {.vaddr = 0x78001001, .data = a, .file_bytes = 3, .mem_bytes = 5, .writable = true, .header = 1},
        {.vaddr = 0x78001006, .data = b, .file_bytes = 2, .mem_bytes = 40, .writable = true, .header = 2},
    };
    hb_rv_program p;
    assert_int_equal(hb_rv_program_build(&p, s, 3, 0x78000000, NULL), HB_OK);
    assert_true(p.image[0x1000 / 8] == UINT64_C(0xbbaa000003020100));
    assert_true(p.img_hi == 0x78001008 && p.image_end == 0x78001006 + 40);
    hb_rv_program_free(&p);
    /* data between two executable segments would be unwritable */
    const hb_rv_segment t[] = {s[0], s[1], {.vaddr = 0x78002000, .data = text, .file_bytes = 8, .mem_bytes = 8, .executable = true, .header = 2}};
    hb_error err;
    assert_int_equal(hb_rv_program_build(&p, t, 3, 0x78000000, &err), HB_INVALID_PROGRAM);
    assert_non_null(strstr(err.message, "header 1: is writable and lies between"));
    assert_int_equal(hb_rv_program_build(&p, t, 0, 0, &err), HB_INVALID_PROGRAM);
    const hb_rv_segment u[] = {{.vaddr = 0x78000000, .data = text, .file_bytes = 8, .mem_bytes = 9, .executable = true},
                               {.vaddr = 0x7800000c, .data = a, .file_bytes = 3, .mem_bytes = 3, .writable = true, .header = 1}};
    assert_int_equal(hb_rv_program_build(&p, u, 2, 0x78000000, &err), HB_INVALID_PROGRAM);
    assert_non_null(strstr(err.message, "header 1: is writable and lies between, or shares a double word"));
}

/* Appends a section table with symbols to a good file. */
static void add_symbols(hb_buf *f, uint32_t names_len)
{
    static const char names[] = "\0_start\0$x\0helper\0outside\0file.c";
    static const struct {
        uint32_t name;
        uint8_t info;
        uint64_t value;
    } syms[] = {{0, 0, 0}, {11, 2, 0x78000010}, {8, 0, 0x78000014}, {1, 0x10, 0x78000000}, {18, 2, HB_RVASM_DATA}, {26, 4, 0x78000008}, {5000, 2, 0x78000004}};
    uint64_t strtab = f->len, symtab, table;
    assert_int_equal(hb_buf_append(f, names, sizeof names), HB_OK);
    symtab = f->len;
    for (size_t i = 0; i < sizeof syms / sizeof *syms; i++) {
        uint8_t s[24] = {0};
        hb_store_le32(s, syms[i].name);
        s[4] = syms[i].info;
        hb_store_le64(s + 8, syms[i].value);
        assert_int_equal(hb_buf_append(f, s, sizeof s), HB_OK);
    }
    table = f->len;
    uint8_t h[3 * 64] = {0};
    hb_store_le32(h + 64 + 4, 2);
    hb_store_le64(h + 64 + 24, symtab);
    hb_store_le64(h + 64 + 32, sizeof syms / sizeof *syms * 24);
    hb_store_le32(h + 64 + 40, 2);
    hb_store_le32(h + 128 + 4, 3);
    hb_store_le64(h + 128 + 24, strtab);
    hb_store_le64(h + 128 + 32, names_len ? names_len : sizeof names);
    assert_int_equal(hb_buf_append(f, h, sizeof h), HB_OK);
    hb_store_le64(f->data + 40, table);
    hb_store_le16(f->data + 58, 64);
    hb_store_le16(f->data + 60, 3);
}

static void symbols(void **state)
{
    (void)state;
    hb_buf f = good_file();
    hb_rv_program p;
    uint64_t offset = 0;
    add_symbols(&f, 0);
    assert_int_equal(hb_rv_elf_load(&p, f.data, f.len, NULL), HB_OK);
    assert_string_equal(hb_rv_program_function(&p, 0x78000000, &offset), "_start");
    assert_string_equal(hb_rv_program_function(&p, 0x7800000c, &offset), "_start");
    assert_int_equal(offset, 12);
    assert_string_equal(hb_rv_program_function(&p, 0x78000018, &offset), "helper");
    assert_int_equal(offset, 8);
    assert_null(hb_rv_program_function(&p, HB_RVASM_DATA, &offset));
    assert_null(hb_rv_program_function(&p, 0, &offset));
    hb_rv_program_free(&p);
    hb_buf_free(&f);
    /* damaged tables: no symbols, same program */
    f = good_file();
    add_symbols(&f, UINT32_MAX);
    assert_int_equal(hb_rv_elf_load(&p, f.data, f.len, NULL), HB_OK);
    assert_null(hb_rv_program_function(&p, 0x78000000, &offset));
    assert_int_equal(p.n_insns, 10);
    hb_rv_program_free(&p);
    hb_buf_free(&f);
}

/* Random damage to headers and symbols; the invariants are those of elf_fuzz.c, here only "answers". */
static void random_damage(void **state)
{
    (void)state;
    hb_buf f = good_file();
    add_symbols(&f, 0);
    uint8_t *copy = test_malloc(f.len);
    uint64_t rng = 12345;
    for (unsigned n = 0; n < 3000; n++) {
        memcpy(copy, f.data, f.len);
        for (unsigned k = 0; k < 1 + n % 3; k++) {
            rng = rng * 6364136223846793005u + 1442695040888963407u;
            size_t at = (rng >> 33) % 700;
            copy[at < 200 ? at : f.len - 1 - (at - 200)] ^= (uint8_t)(1u << (rng >> 29 & 7));
        }
        hb_rv_program p;
        hb_status st = hb_rv_elf_load(&p, copy, f.len, NULL);
        assert_true(st == HB_OK || st == HB_INVALID_PROGRAM);
        hb_rv_program_free(&p);
    }
    test_free(copy);
    hb_buf_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_program), cmocka_unit_test(hostile_files), cmocka_unit_test(images_end_at_4_gib), cmocka_unit_test(truncated_files),
        cmocka_unit_test(segments_share_a_double_word), cmocka_unit_test(symbols), cmocka_unit_test(random_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
