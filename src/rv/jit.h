/* Translation of guest code to x86-64 while it runs: what hb_rv_exec uses for untraced instructions (HB_RV_ENGINE_*).
 * docs/jit.md says how and why it is safe.
 *
 * The results are the interpreter's, bit for bit: registers (x[32] included), memory, pc, counts, traps, and the
 * instruction at which a limit stops the run. All state is in hb_rv_run whenever hb_rv_loop_translated returns, so
 * interpreter and translated code may take turns at any boundary between instructions.
 *
 * A text cannot change (stores to it trap), so translations stay valid. One translator belongs to one run, hence to
 * one thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rv/interp.h"
#include "rv/rvprogram_priv.h"

#if defined(__x86_64__) && defined(__unix__)
#define HB_RV_JIT 1
#else
#define HB_RV_JIT 0
#endif

typedef struct hb_rv_jit hb_rv_jit;

/* Can this machine translate, and does the environment not forbid it (HB_JIT=0)? HB_JIT=always translates from the
 * first instruction on where HB_RV_ENGINE_AUTO would wait. */
bool hb_rv_jit_available(void);

/* A translator for a run of this program, which must outlive it; NULL when the engine, the machine or lack of memory
 * says no: interpret then. Takes executable memory only when the run has become long enough; is that refused, a
 * warning is logged and the interpreter goes on. */
hb_rv_jit *hb_rv_jit_create(const hb_rv_loaded *loaded, hb_rv_engine engine);
void hb_rv_jit_free(hb_rv_jit *j);

/* How many instructions may be granted now, after `done` of them: at least 1. The translator then looks at what is
 * hot. */
uint64_t hb_rv_jit_patience(const hb_rv_jit *j, uint64_t done);

/* Adds what translated code has counted to delta (interp_state.h: per word of text, runs that start here minus runs
 * that ended before) and forgets it. j may be NULL. */
void hb_rv_jit_count(hb_rv_jit *j, int64_t *delta);

/* Instructions executed by translated code so far. j may be NULL. */
uint64_t hb_rv_jit_instructions(const hb_rv_jit *j);
