/* hauptbuch disasm FILE.hbc: bytecode as text, or the image that it is translated to. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "bytecode/bcode_asm.h"
#include "bytecode/bcode_translate.h"
#include "bytecode/hbc.h"
#include "cli/cli.h"
#include "cli/cli_files.h"
#include "rv/isa.h"

static const char usage[] = "usage: hauptbuch disasm FILE.hbc [-o FILE] [--image | --elf]\n"
                            "  -o FILE   write there, not to standard output\n"
                            "  --image   the RV64IM instructions that the program is translated to\n"
                            "  --elf     the translated program as an ELF file (with -o)\n";

typedef enum form { FORM_TEXT, FORM_IMAGE, FORM_ELF } form;

static hb_status list_image(hb_buf *out, const hb_bytecode_program *p, hb_error *err)
{
    hb_rv_program image;
    hb_status st = hb_bytecode_translate_load(&image, p, err);
    for (uint64_t at = image.text_lo; st == HB_OK && at < image.text_hi; at += 4) {
        char text[80], line[120];
        hb_isa_print(text, sizeof text, at, hb_rv_program_word(&image, at));
        int n = snprintf(line, sizeof line, "%08llx  %08lx  %s\n", (unsigned long long)at, (unsigned long)hb_rv_program_word(&image, at), text);
        if (hb_buf_append(out, line, (size_t)n) != HB_OK)
            st = hb_fail(err, HB_OUT_OF_MEMORY, "out of memory");
    }
    hb_rv_program_free(&image);
    return st;
}

static int disassemble(const hb_buf *file, form f, const char *in, const char *to)
{
    hb_bytecode_program p;
    hb_buf out = {0};
    hb_error err = {0};
    int status = HB_EXIT_YES;
    hb_status st = hb_bytecode_read(&p, file->data, file->len, &err);
    if (st == HB_OK && f == FORM_TEXT && hb_bytecode_disassemble(&out, &p) != HB_OK)
        st = hb_fail(&err, HB_OUT_OF_MEMORY, "out of memory");
    if (st == HB_OK && f == FORM_IMAGE)
        st = list_image(&out, &p, &err);
    if (st == HB_OK && f == FORM_ELF)
        st = hb_bytecode_translate(&out, &p, &err);
    if (st != HB_OK) {
        hb_cli_complain("disasm", "%s: %s", in, err.message);
        status = st == HB_INVALID_PROGRAM ? HB_EXIT_NO : HB_EXIT_ENVIRONMENT;
    } else if (to) {
        status = hb_cli_write_file("disasm", to, out.data, out.len);
    } else if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0) {
        hb_cli_complain("disasm", "cannot write to standard output");
        status = HB_EXIT_ENVIRONMENT;
    }
    hb_buf_free(&out);
    hb_bytecode_program_free(&p);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct option longs[] = {{"image", no_argument, NULL, 'i'}, {"elf", no_argument, NULL, 'e'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *to = NULL;
    form f = FORM_TEXT;
    bool twice = false;
    for (int c; (c = getopt_long(argc, argv, "ho:", longs, NULL)) != -1;) {
        if (c == 'o') {
            to = optarg;
        } else if (c == 'i' || c == 'e') {
            twice |= f != FORM_TEXT;
            f = c == 'i' ? FORM_IMAGE : FORM_ELF;
        } else {
            fputs(usage, c == 'h' ? stdout : stderr);
            return c == 'h' ? HB_EXIT_YES : HB_EXIT_USAGE;
        }
    }
    if (argc - optind != 1 || twice || (f == FORM_ELF && !to)) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE;
    }
    hb_buf file = {0};
    int status = hb_cli_read_file("disasm", argv[optind], &file);
    if (!status)
        status = disassemble(&file, f, argv[optind], to);
    hb_buf_free(&file);
    return status;
}

const hb_cli_verb hb_cli_disasm = {"disasm", "show bytecode as text", run};
