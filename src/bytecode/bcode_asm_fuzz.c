/* Any text: the assembler answers with code or with a line; code that it makes goes through the disassembler and back unchanged. */
#include <string.h>

#include "base/check.h"
#include "bytecode/bcode_asm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void there_and_back(const hb_bytecode_program *p)
{
    hb_buf text = {0}, code = {0};
    hb_bytecode_limits limits;
    if (hb_bytecode_disassemble(&text, p) == HB_OK) {
        HB_ASSERT(hb_bytecode_assemble(&code, &limits, (const char *)text.data, text.len, NULL) == HB_OK);
        HB_ASSERT(code.len == p->code_len && memcmp(code.data, p->code, code.len) == 0);
        HB_ASSERT(limits.stack == p->limits.stack && limits.memory == p->limits.memory && limits.gas == p->limits.gas);
    }
    hb_buf_free(&text);
    hb_buf_free(&code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hb_buf code = {0};
    hb_bytecode_limits limits;
    hb_bytecode_program p;
    hb_error err = {.message = ""};
    hb_status st = hb_bytecode_assemble(&code, &limits, (const char *)data, size, &err);
    if (st == HB_OK) {
        HB_ASSERT(hb_bytecode_program_make(&p, code.data, code.len, &limits, NULL) == HB_OK);
        there_and_back(&p);
        hb_bytecode_program_free(&p);
    } else {
        HB_ASSERT(st == HB_INVALID_PROGRAM && strncmp(err.message, "line ", 5) == 0 && err.row && !code.len);
    }
    hb_buf_free(&code);
    return 0;
}
