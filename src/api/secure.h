/* Executing and proving in a child process that can do nothing else. Hosted, POSIX. */
#pragma once
#include "api/handles.h"

/* As hb_api_prove, in a child: no files, no network, no other processes (a system call filter where the system is Linux on x86-64 or RV64/ARM64; result->sandboxed says whether), no core files, bounded
 * processor time. The child is killed when the timeouts are over or a callback asks. A child that ends otherwise than with an answer is HB_EXECUTION_FAILED. Progress is
 * not reported. The answer is not trusted: the caller verifies it. */
hb_status hb_api_prove_in_child(const hb_proving_key *key, const hb_api_keys *keys, const hb_program_input *input, const hb_zkvm_config *config, const hb_callbacks *callbacks,
                                hb_execution_result *result, hb_error *err);
