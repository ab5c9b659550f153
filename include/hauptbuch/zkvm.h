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
/* A ledger (ledger.h; `hauptbuch state init` makes one too). Its registry supplies program dependencies as well; a version that both have must be the same program. execute_program and
 * secure_execute_program make the state that a run leads to its next version. enable_state_caching keeps its pages and values in memory. Opening another closes the one before.
 * HB_INVALID_ARGUMENT: there is none; HB_IO; HB_UNSUPPORTED: built without the ledger. */
HB_PUBLIC hb_status hb_zkvm_open_ledger(hb_zkvm *vm, const char *directory, hb_error *err);
HB_PUBLIC void hb_zkvm_close_ledger(hb_zkvm *vm);
/* Only programs with one of these keys may be executed by secure_execute_program; n = 0: any. */
HB_PUBLIC hb_status hb_zkvm_allow(hb_zkvm *vm, const hb_verifying_key *keys, size_t n, hb_error *err);

/* Executes, proves, verifies the own proof; then, with an open ledger, verifies the state that the run leads to and makes it the next version. HB_OK says that the proof is there; what became
 * of the state is the result's: state_verification and state_status. A ledger that refuses the step is as it was. The keys of program dependencies are there for the guest to ask for. Statuses: those of hb_prover_prove, HB_MEMORY_LIMIT_EXCEEDED and HB_STACK_LIMIT_EXCEEDED (the program asks for more than the configuration allows),
 * HB_DEPENDENCY_RESOLUTION_FAILED. *result is NULL after a failure. */
HB_PUBLIC hb_status hb_zkvm_execute_program(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, hb_error *err);

/* Does the proof show a run of the program with this key that ended with exit code 0 and exactly these public values? Any difference is HB_PROOF_VERIFICATION_FAILED. */
HB_PUBLIC hb_status hb_zkvm_verify_proof(hb_zkvm *vm, const hb_verifying_key *key, const uint8_t *proof, size_t n, const uint8_t *expected_public_values, size_t n_expected,
                                         hb_error *err);

/* As execute_program; the same program with the same input is proven once and then taken from memory, verified again before it is returned. Calls that ask for the same thing at
 * the same time wait for one proof. The ledger is left alone (commit_state). Without enable_state_caching every call proves. *cached (may be NULL): 1 when nothing was proven. */
HB_PUBLIC hb_status hb_zkvm_cached_generate_proof(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, int *cached, hb_error *err);

/* Several programs: results[i], statuses[i] and (when errors is not NULL) errors[i] belong to programs[i]; one failure does not disturb the others. At once as many as threads and memory allow; one after
 * the other without enable_parallel_execution. The ledger is left alone: steps of one state cannot all be the next (commit_state). HB_OK when all are; else the first status that is not. */
HB_PUBLIC hb_status hb_zkvm_parallel_execute_programs(hb_zkvm *vm, const hb_program *const *programs, const hb_program_input *inputs, size_t n, hb_execution_result **results,
                                                      hb_status *statuses, hb_error *errors);

/* For programs that nobody trusts: checks format, opcodes, jump targets, segments and limits, dependencies, and the allow-list (HB_SECURITY_VALIDATION_FAILED for that); executes and proves in a
 * child process without files, network or new processes, with limits of memory and time; verifies the proof that comes back, and that the result is the proof's (HB_INVALID_EXECUTION_RESULT). A crash of the
 * child is HB_EXECUTION_FAILED, never the end of the caller. */
HB_PUBLIC hb_status hb_zkvm_secure_execute_program(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, hb_error *err);

/* Many proofs into one. HB_PROOF_AGGREGATION_FAILED: not there yet, or switched off by enable_proof_aggregation; the message says which. */
HB_PUBLIC hb_status hb_zkvm_aggregate_proofs(hb_zkvm *vm, const hb_chunk *proofs, size_t n, uint8_t **aggregate, size_t *n_aggregate, hb_error *err);
/* Is this the root of the open ledger's last version? HB_STATE_VERIFICATION_FAILED: it is not, or no ledger is open. */
HB_PUBLIC hb_status hb_zkvm_verify_state(hb_zkvm *vm, const uint8_t root[32], hb_error *err);
/* Makes the state that a result leads to the ledger's next version, as execute_program does, and fills the result's state_*; of a registered program that uses no state it records the receipt.
 * HB_STATE_VERIFICATION_FAILED: the result leads to no next version (err->reason is not 0 when it is the proof or the writes that are refused); HB_STATE_COMMITMENT_FAILED: no ledger is open,
 * it cannot be read or written, or the result was committed before. err->message is the result's state_status then. */
HB_PUBLIC hb_status hb_zkvm_commit_state(hb_zkvm *vm, hb_execution_result *result, hb_error *err);

#ifdef __cplusplus
}
#endif
