/* Any bytes as a container: an answer; what is parsed is written again to the same bytes; a program in it is valid. */
#include <string.h>

#include "base/check.h"
#include "bytecode/hbc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hb_hbc c;
    hb_bytecode_program p;
    hb_error err = {.message = ""};
    hb_status st = hb_hbc_parse(&c, data, size, &err);
    HB_ASSERT(st == HB_OK || (st == HB_INVALID_PROGRAM && err.offset <= size));
    if (st == HB_OK) {
        hb_buf again = {0};
        HB_ASSERT(hb_hbc_write(&again, c.sections, c.n) == HB_OK && again.len == size && memcmp(again.data, data, size) == 0);
        hb_buf_free(&again);
    }
    hb_status read = hb_bytecode_read(&p, data, size, &err);
    HB_ASSERT(read == HB_OK || read == HB_INVALID_PROGRAM || read == HB_OUT_OF_MEMORY);
    HB_ASSERT(read != HB_OK || st == HB_OK);
    hb_bytecode_program_free(&p);
    return 0;
}
