/* Memory for generated code. Never writable and executable at once: a range is opened for writing, filled, and
 * closed, which makes it executable; nothing in it runs meanwhile. Behind the code, in reach of 32-bit displacements,
 * lies data of the code that is always writable and never executable. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hb_jit_code {
    uint8_t *base;
    size_t size, data_size;    /* bytes for code and for data */
    uint8_t *data;             /* base + size */
    size_t open_from, open_to; /* what is writable now; equal: nothing */
} hb_jit_code;

/* Reserves address space (memory appears when it is used; data reads as zero). Both sizes below 2^30. False, with *c
 * all zero, when the system refuses memory that can become executable. */
bool hb_jit_code_init(hb_jit_code *c, size_t size, size_t data_size);
void hb_jit_code_free(hb_jit_code *c);

/* Opens [from, to) of the code for writing. False: the system refuses. */
bool hb_jit_code_open(hb_jit_code *c, size_t from, size_t to);
/* Makes what was opened executable again. False: the system refuses; then nothing of it may be called. */
bool hb_jit_code_close(hb_jit_code *c);
