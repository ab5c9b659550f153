/* Running a guest: the reference executor, with or without recording for the chips.
 *
 * Semantics: "The RISC-V Instruction Set Manual", volume I, RV64I and M, with guest-abi.md for memory, calls and traps. Same program, input and options: same
 * outcome, counts and record, on every machine, with and without recording (but for HB_RV_END_RECORD_FULL and the wall time). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "rv/events.h"
#include "rv/isa.h"
#include "rv/rvcalls.h"
#include "rv/rvprogram.h"
#include "rv/rvtrap.h"

#define HB_RV_DEFAULT_MEMORY_LIMIT (UINT64_C(1) << 30)
#define HB_RV_DEFAULT_OUTPUT_LIMIT (UINT64_C(1) << 28)
#define HB_RV_MAX_REGIONS 256          /* cycle-tracker regions with different names; further ones are not counted */
#define HB_RV_REGION_NAME_BYTES 64     /* with NUL; longer names are cut */
#define HB_RV_STDERR_TAIL_BYTES 1024
#define HB_RV_RECORD_TS_END (UINT32_C(1) << 27) /* ts stays below (machine.md 2) */

typedef struct hb_rv_span {
    const uint8_t *data;
    size_t len;
} hb_rv_span;

/* fd is 1 or 2. Called in order of the writes. */
typedef void (*hb_rv_output_fn)(void *ctx, int fd, const uint8_t *data, size_t len);

struct hb_rv_fault;

/* What runs untraced instructions. All give the same results. */
typedef enum hb_rv_engine {
    HB_RV_ENGINE_AUTO,        /* the translator for long runs, where there is one (jit.h) and HB_JIT=0 is not in the environment */
    HB_RV_ENGINE_INTERPRETER, /* the reference */
    HB_RV_ENGINE_TRANSLATOR   /* the translator from the first instruction on (tests, benchmarks); the interpreter where there is none */
} hb_rv_engine;

/* How a run is cut into shards (rv/shardrun.h). */
typedef enum hb_rv_sharding {
    HB_RV_UNSHARDED,
    HB_RV_SHARDS_PLAN,  /* counts and boundary cells, no events */
    HB_RV_SHARDS_RECORD /* the record of each shard */
} hb_rv_sharding;

/* The verifying key of a program that the guest may ask for by name. */
typedef struct hb_rv_named_key {
    const char *name;
    uint8_t key[32];
} hb_rv_named_key;

/* All zero is a good start: no input, default limits, output captured. What the pointers lead to must outlive the run. */
typedef struct hb_rv_exec_options {
    uint64_t cycle_limit;   /* at most so many instructions; 0: no limit. Also bounds the instructions inside unconstrained blocks, on their own count */
    uint64_t memory_limit;  /* bytes of touched pages; 0: HB_RV_DEFAULT_MEMORY_LIMIT */
    uint64_t stack_limit;   /* bytes below HB_RV_STACK_TOP that may be accessed; 0: no guard */
    uint64_t output_limit;  /* bytes of stdout, stderr, public values and pushed hints together; 0: HB_RV_DEFAULT_OUTPUT_LIMIT */
    hb_rv_span stdin_bytes; /* what fd 23 hands out */
    const char *const *args;
    size_t n_args;
    const hb_rv_span *inputs; /* input chunks, in the order of HINT_READ */
    size_t n_inputs;
    const hb_rv_named_key *keys; /* what fd 25 answers */
    size_t n_keys;
    hb_rv_output_fn output; /* NULL: captured in the report */
    void *output_ctx;
    bool record;
    hb_rv_sharding sharding; /* other than HB_RV_UNSHARDED (shardrun.h): `record` is not looked at, and hb_rv_exec refuses */
    const uint64_t *expected_events; /* HB_FAM_COUNT numbers (hb_rv_report.family_counts of a run without recording): room is reserved
                                        exactly; NULL: it grows */
    hb_rv_engine engine;     /* of runs that keep no time (unsharded, not recorded) */
    const struct hb_rv_fault *fault; /* tests only (rvfault.h); HB_UNSUPPORTED unless built with HB_TEST_HOOKS */
} hb_rv_exec_options;

typedef enum hb_rv_end {
    HB_RV_END_NOT_RUN,
    HB_RV_END_HALT,        /* HALT; exit_code is valid */
    HB_RV_END_TRAP,        /* trap is valid */
    HB_RV_END_CYCLE_LIMIT, /* cycle_limit instructions ran and the next is not HALTed; trap.pc, word and function say where */
    HB_RV_END_RECORD_FULL, /* recording: time stamps would reach 2^27 */
    HB_RV_END_PAUSED       /* hb_rv_advance: a bound is reached; the run may go on */
} hb_rv_end;

typedef struct hb_rv_trap_info {
    hb_rv_trap reason;
    uint64_t pc;       /* of the instruction that trapped (PC_*: the jump) */
    uint64_t address;  /* of the access, the jump target, or 0 */
    uint32_t word;     /* the instruction's word, 0 outside the image */
    uint64_t call;     /* t0, when the instruction is ECALL */
    const char *function;     /* around pc, or NULL; belongs to the program */
    uint64_t function_offset;
    char detail[160];  /* more about calls and hooks, "" if nothing */
} hb_rv_trap_info;

typedef struct hb_rv_region {
    char name[HB_RV_REGION_NAME_BYTES];
    uint64_t entered, cycles; /* completed entries, cycles in them (nested regions count in both) */
} hb_rv_region;

typedef struct hb_rv_report {
    hb_rv_end end;
    uint32_t exit_code;
    uint64_t cycles;            /* instructions completed, HALT included, unconstrained blocks not */
    uint64_t host_cycles;       /* instructions inside unconstrained blocks */
    uint64_t op_counts[HB_OP_COUNT];
    uint64_t family_counts[HB_FAM_COUNT];
    uint64_t call_counts[HB_RV_CALL_COUNT]; /* by hb_rv_call_id */
    uint64_t touched_pages;     /* of 4 KiB */
    uint64_t misaligned;        /* loads and stores not aligned to their width */
    uint64_t gas;
    uint64_t wall_ns;
    uint64_t translated;        /* instructions that ran as translated code, at least (unlike all else here it depends on the machine) */
    uint32_t pv_words[16];      /* COMMIT 0..7, COMMIT_DEFERRED_PROOFS 0..7 */
    hb_rv_span public_values;   /* bytes written to fd 13 */
    hb_rv_span ledger_writes;   /* bytes written to fd 24: the list of writes of a program that changes a ledger (not proven; its digest is in the public values) */
    hb_rv_span stdout_bytes, stderr_bytes; /* empty when options.output was given */
    char stderr_tail[HB_RV_STDERR_TAIL_BYTES + 1]; /* the last bytes of stderr, from the start of a line where possible */
    hb_rv_region regions[HB_RV_MAX_REGIONS];
    size_t n_regions;
    hb_rv_trap_info trap;
} hb_rv_report;

typedef struct hb_rv_run hb_rv_run; /* one execution and what it left behind */

/* Runs the program from its entry to the end. *run is set whenever the run started (free it then, whatever was returned), else NULL.
 *   HB_OK                 halted, with any exit code
 *   HB_EXECUTION_FAILED   trap; err->message says which, where and the function
 *   HB_LIMIT              cycle limit, or record full
 *   HB_OUT_OF_MEMORY, HB_INVALID_ARGUMENT, HB_UNSUPPORTED
 * The program is shared and must outlive *run. */
hb_status hb_rv_exec(const hb_rv_program *program, const hb_rv_exec_options *options, hb_rv_run **run, hb_error *err);

/* The same in steps: hb_rv_exec is start, advance without bound, finish. Between the steps the state is that of a run that stopped there: registers, memory
 * and clock can be read; the report holds nothing before finish. Stopping changes nothing of what the run does. */

/* Where to pause: the first boundary between instructions where a bound is reached. 0: no bound. Never inside an unconstrained block: one that begins at the
 * bound runs to its end. */
typedef struct hb_rv_bound {
    uint64_t cycles; /* so many instructions are done since the start */
    uint64_t clock;  /* one more instruction might take the clock beyond this value (a call takes 16), as recording stops (machine.md 2) */
    uint32_t ts;     /* the same for the time stamps of a recorded run, or of the open shard (shardrun.h); without effect on other runs */
} hb_rv_bound;

/* HB_OUT_OF_MEMORY, HB_INVALID_ARGUMENT, HB_UNSUPPORTED, with *run = NULL. */
hb_status hb_rv_start(const hb_rv_program *program, const hb_rv_exec_options *options, hb_rv_run **run, hb_error *err);

/* Runs on to a bound (NULL: none) or to an end. After an end other than HB_RV_END_PAUSED it changes nothing and returns the same end again. */
hb_rv_end hb_rv_advance(hb_rv_run *run, const hb_rv_bound *bound);

/* Makes the report (and ends the record). The status is hb_rv_exec's for the last advance; HB_OK when that paused. Once a run, no advance after it. */
hb_status hb_rv_finish(hb_rv_run *run, hb_error *err);

/* Now, also between the steps: instructions done; the time stamp that the next one has in a record which began with the run (4, and then 4 for each
 * instruction, 16 for each call); byte address of the next instruction. */
uint64_t hb_rv_run_cycles(const hb_rv_run *run);
uint64_t hb_rv_run_clock(const hb_rv_run *run);
size_t hb_rv_run_pages(const hb_rv_run *run); /* of 4 KiB that were touched so far */
uint64_t hb_rv_run_pc(const hb_rv_run *run);
void hb_rv_run_free(hb_rv_run *run);

/* After hb_rv_finish. */
const hb_rv_report *hb_rv_run_report(const hb_rv_run *run);

/* NULL without options.record and in a run of shards without events. A shard's is complete from hb_rv_shard_end to the next hb_rv_advance, which uses its memory for the next
 * one. After a trap or limit: what happened until then, cells included. Belongs to the run. */
const hb_rv_record *hb_rv_run_record(const hb_rv_run *run);

/* The same, for tests that forge records. */
hb_rv_record *hb_rv_run_record_mutable(hb_rv_run *run);

/* How often each word of text was executed: *n counts from byte address *base on, 4 bytes a step. HB_RV_SHARDS_PLAN does not count that: *n = 0. */
const uint64_t *hb_rv_run_profile(const hb_rv_run *run, uint64_t *base, size_t *n);

/* Final (in a stopped run: present) value of register 0..32, and bytes of the final memory (false outside the map). */
uint64_t hb_rv_run_register(const hb_rv_run *run, unsigned r);
bool hb_rv_run_memory(const hb_rv_run *run, uint64_t address, uint8_t *out, size_t len);
