/* Programs for the tests of the public API, made in memory: what they need from inside the project (assemblers) is here, the tests themselves see public headers only. */
#pragma once
#include <stdlib.h>

#include "base/testing.h"
#include "bytecode/bcode_asm.h"
#include "bytecode/hbc.h"
#include "hauptbuch/zkvm.h"
#include "rv/rvasm.h"

/* A bytecode program from its text. */
static inline hb_program *api_bytecode(const char *text)
{
    hb_bytecode_limits limits = HB_BYTECODE_DEFAULT_LIMITS;
    hb_buf code = {0}, file = {0};
    hb_error err = {0};
    hb_program *program = NULL;
    if (hb_bytecode_assemble(&code, &limits, text, strlen(text), &err) != HB_OK || hb_bytecode_write(&file, code.data, code.len, &limits) != HB_OK ||
        hb_program_from_bytes(&program, file.data, file.len, &err) != HB_OK)
        fail_msg("%s", err.message);
    hb_buf_free(&code);
    hb_buf_free(&file);
    return program;
}

/* An RV64IM program that ends in some way. */
static inline hb_program *api_elf(void (*emit)(hb_rvasm *a))
{
    hb_rvasm *a = calloc(1, sizeof *a);
    hb_buf elf = {0};
    hb_error err = {0};
    hb_program *program = NULL;
    emit(a);
    if (hb_rvasm_elf(a, &elf, &err) != HB_OK || hb_program_from_bytes(&program, elf.data, elf.len, &err) != HB_OK)
        fail_msg("%s", err.message);
    hb_buf_free(&elf);
    hb_rvasm_free(a);
    free(a);
    return program;
}
