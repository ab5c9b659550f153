/* The virtual machine: programs in, proofs out. C17 and C++.
 *
 *     hb_zkvm *vm;
 *     hb_execution_result *result;
 *     if (hb_zkvm_new(&vm, NULL, &err) == HB_OK && hb_zkvm_execute_program(vm, program, &input, &result, &err) == HB_OK) { ... }
 *
 * Any number of threads may use one hb_zkvm at a time; it must outlive their calls. Handles of programs and results are the caller's. Public values that must stay
 * secret must not be put into proofs: they are succinct, not hiding. */
#pragma once
#include "hauptbuch/result.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hb_zkvm hb_zkvm;

/* config may be NULL: hb_zkvm_config_init(.., NULL). It is copied. HB_INVALID_ARGUMENT, HB_OUT_OF_MEMORY. */
HB_PUBLIC hb_status hb_zkvm_new(hb_zkvm **vm, const hb_zkvm_config *config, hb_error *err);
HB_PUBLIC void hb_zkvm_free(hb_zkvm *vm);
HB_PUBLIC void hb_zkvm_set_callbacks(hb_zkvm *vm, const hb_callbacks *callbacks); /* for the calls that begin from now on; NULL: none */

/* A directory of packages from which program dependencies are resolved. HB_IO. */
HB_PUBLIC hb_status hb_zkvm_open_registry(hb_zkvm *vm, const char *directory, hb_error *err);
/* Only programs with one of these keys may be executed by secure_execute_program; n = 0: any. */
HB_PUBLIC hb_status hb_zkvm_allow(hb_zkvm *vm, const hb_verifying_key *keys, size_t n, hb_error *err);

/* Executes, proves, and verifies the own proof. Statuses: those of hb_prover_prove, HB_MEMORY_LIMIT_EXCEEDED and HB_STACK_LIMIT_EXCEEDED (the program asks for more than the configuration allows),
 * HB_DEPENDENCY_RESOLUTION_FAILED. *result is NULL after a failure. */
HB_PUBLIC hb_status hb_zkvm_execute_program(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, hb_error *err);

/* Does the proof show a run of the program with this key that ended with exit code 0 and exactly these public values? Any difference is HB_PROOF_VERIFICATION_FAILED. */
HB_PUBLIC hb_status hb_zkvm_verify_proof(hb_zkvm *vm, const hb_verifying_key *key, const uint8_t *proof, size_t n, const uint8_t *expected_public_values, size_t n_expected,
                                         hb_error *err);

/* As execute_program; the same program with the same input is proven once and then taken from memory, verified again before it is returned. Calls that ask for the same thing at
 * the same time wait for one proof. Without enable_state_caching every call proves. *cached (may be NULL): 1 when nothing was proven. */
HB_PUBLIC hb_status hb_zkvm_cached_generate_proof(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, int *cached, hb_error *err);

/* Several programs: results[i], statuses[i] and (when errors is not NULL) errors[i] belong to programs[i]; one failure does not disturb the others. At once as many as threads and memory allow; one after
 * the other without enable_parallel_execution. HB_OK when all are; else the first status that is not. */
HB_PUBLIC hb_status hb_zkvm_parallel_execute_programs(hb_zkvm *vm, const hb_program *const *programs, const hb_program_input *inputs, size_t n, hb_execution_result **results,
                                                      hb_status *statuses, hb_error *errors);

/* For programs that nobody trusts: checks format, opcodes, jump targets, segments and limits, dependencies, and the allow-list (HB_SECURITY_VALIDATION_FAILED for that); executes and proves in a
 * child process without files, network or new processes, with limits of memory and time; verifies the proof that comes back, and that the result is the proof's (HB_INVALID_EXECUTION_RESULT). A crash of the
 * child is HB_EXECUTION_FAILED, never the end of the caller. */
HB_PUBLIC hb_status hb_zkvm_secure_execute_program(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, hb_error *err);

/* Many proofs into one. HB_PROOF_AGGREGATION_FAILED: not there yet, or switched off by enable_proof_aggregation; the message says which. */
HB_PUBLIC hb_status hb_zkvm_aggregate_proofs(hb_zkvm *vm, const hb_chunk *proofs, size_t n, uint8_t **aggregate, size_t *n_aggregate, hb_error *err);
/* Is this the state of the open ledger? HB_STATE_VERIFICATION_FAILED: no ledger is open through this handle (`hauptbuch state` and the room ledger/ have their own checks). */
HB_PUBLIC hb_status hb_zkvm_verify_state(hb_zkvm *vm, const uint8_t root[32], hb_error *err);
/* Makes the state that a result leads to the ledger's next version. HB_STATE_COMMITMENT_FAILED: as above. */
HB_PUBLIC hb_status hb_zkvm_commit_state(hb_zkvm *vm, const hb_execution_result *result, hb_error *err);

#ifdef __cplusplus
}
#endif
