/* A bytecode program from its text to a proof that both verifiers have judged. Shared by the tests of this folder. */
#pragma once
#include "base/testing.h"
#include "bytecode/bcode_program.h"
#include "machine/machine_prove.h"

typedef struct bytecode_case {
    hb_bytecode_program code;
    hb_rv_program image;
    hb_machine_key key;
    hb_pool *pool;
    void *scratch;
} bytecode_case;

/* Assembles, translates and makes the key. Text that does not assemble fails the test. */
void bytecode_case_make(bytecode_case *c, const char *text);
void bytecode_case_free(bytecode_case *c);

/* Interprets with this input (NULL: none), executes and proves the image, verifies. Everything must agree: the end, its exit code, the output followed by the gas
 * as public values of the proof; and no other exit code may be accepted. Returns the end; *gas: what the proof says. */
hb_bytecode_end bytecode_case_prove(bytecode_case *c, const void *input, size_t len, uint64_t *gas);
