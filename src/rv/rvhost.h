/* The host's side of a guest: what it writes, the hint queue, standard input, regions named by the guest. Knows nothing of registers and memory. */
#pragma once
#include "base/buf.h"
#include "rv/interp.h"

typedef struct hb_rv_host {
    const hb_rv_exec_options *options;
    uint64_t output_limit;
    uint64_t kept_before;  /* bytes of output that an earlier part of the run kept (a run from a checkpoint) */
    hb_buf out[2];         /* captured stdout, stderr */
    hb_buf public_values;
    hb_buf ledger_writes;  /* fd 24 */
    char tail[HB_RV_STDERR_TAIL_BYTES * 2]; /* of stderr; the last half is what counts */
    size_t tail_len;
    hb_buf pushed, pushed_lens; /* chunks in front of the inputs, the next one at the end; their lengths (size_t) */
    size_t next_input;          /* of options->inputs */
    size_t stdin_at;
    char line[2 * HB_RV_REGION_NAME_BYTES]; /* the line of stdout that is being written */
    size_t line_len;                        /* may exceed the array: the rest of a long line is dropped */
    hb_rv_region regions[HB_RV_MAX_REGIONS];
    uint64_t region_start[HB_RV_MAX_REGIONS];
    uint32_t region_depth[HB_RV_MAX_REGIONS]; /* entries of a region that have not ended */
    size_t n_regions;
} hb_rv_host;

/* options must outlive *h. */
void hb_rv_host_init(hb_rv_host *h, const hb_rv_exec_options *options);
void hb_rv_host_free(hb_rv_host *h);

/* Bytes of output (stdout, stderr, public values, ledger writes) kept since the start of the run; pushed hints are not among them. */
uint64_t hb_rv_host_kept(const hb_rv_host *h);

/* Bytes that may still be kept (output, public values, ledger writes, pushed hints). */
uint64_t hb_rv_host_room(const hb_rv_host *h);

/* fd 1 or 2; cycle: now, for regions. HB_TRAP_OUTPUT_LIMIT or HB_TRAP_HOST_MEMORY. */
hb_rv_trap hb_rv_host_output(hb_rv_host *h, int fd, const uint8_t *bytes, size_t len, uint64_t cycle);

/* Pushes a chunk to the front of the hint queue. Traps as above. */
hb_rv_trap hb_rv_host_push(hb_rv_host *h, const uint8_t *bytes, size_t len);
/* Pushes the arguments, each followed by a NUL, as one chunk. */
hb_rv_trap hb_rv_host_push_args(hb_rv_host *h);
/* Pushes the next min(n, what is left) bytes of standard input as one chunk (empty at the end of input). */
hb_rv_trap hb_rv_host_push_stdin(hb_rv_host *h, uint64_t n);
/* fd 25: the 32 bytes of the verifying key with this name among the options' keys, or no bytes when there is none. */
hb_rv_trap hb_rv_host_push_key(hb_rv_host *h, hb_rv_span name);

/* The chunk at the front, valid until the queue changes; false when there is none. */
bool hb_rv_host_front(const hb_rv_host *h, hb_rv_span *chunk);
void hb_rv_host_pop(hb_rv_host *h);

/* The last at most HB_RV_STDERR_TAIL_BYTES bytes of stderr, from the start of a line if one starts there; out is NUL-terminated. */
void hb_rv_host_tail(const hb_rv_host *h, char out[HB_RV_STDERR_TAIL_BYTES + 1]);
