/* Any bytes as a package: an answer; what is read can be written, and reads as the same package then. */
#include <string.h>

#include "base/check.h"
#include "program/package_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void there_and_back(const hb_package *p)
{
    hb_buf file = {0}, again = {0};
    hb_package q;
    hb_status st = hb_package_write(&file, p, NULL);
    HB_ASSERT(st == HB_OK || st == HB_INVALID_PROGRAM || st == HB_OUT_OF_MEMORY);
    if (st == HB_OK && hb_package_read(&q, file.data, file.len, NULL) == HB_OK) {
        HB_ASSERT(strcmp(p->id, q.id) == 0 && p->dependencies.len == q.dependencies.len && memcmp(&p->configuration, &q.configuration, sizeof q.configuration) == 0);
        HB_ASSERT(memcmp(&p->metadata, &q.metadata, sizeof q.metadata) == 0);
        if (hb_package_write(&again, &q, NULL) == HB_OK)
            HB_ASSERT(again.len == file.len && memcmp(again.data, file.data, file.len) == 0);
        hb_package_free(&q);
    } else {
        HB_ASSERT(st != HB_OK);
    }
    hb_buf_free(&file);
    hb_buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hb_package p;
    hb_error err = {.message = ""};
    if (hb_package_read(&p, data, size, &err) == HB_OK) {
        there_and_back(&p);
        hb_package_free(&p);
    } else {
        HB_ASSERT(!p.code.data && !p.dependencies.data && err.message[0]);
    }
    return 0;
}
