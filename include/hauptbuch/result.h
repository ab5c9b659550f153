/* What executing a program gives. C17 and C++. A result belongs to the caller; reading it from several threads at once is fine (hb_zkvm_commit_state writes to it). */
#pragma once
#include "hauptbuch/executor.h"
#include "hauptbuch/keys.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hb_execution_result hb_execution_result;

HB_PUBLIC void hb_execution_result_free(hb_execution_result *result); /* NULL is fine */

/* vm_result: the run itself. Pointers are valid as long as the result. */
HB_PUBLIC uint32_t hb_execution_result_exit_code(const hb_execution_result *result);
HB_PUBLIC uint64_t hb_execution_result_cycles(const hb_execution_result *result);
HB_PUBLIC uint64_t hb_execution_result_gas(const hb_execution_result *result);
HB_PUBLIC hb_chunk hb_execution_result_public_values(const hb_execution_result *result);
HB_PUBLIC hb_chunk hb_execution_result_stdout(const hb_execution_result *result);
HB_PUBLIC hb_chunk hb_execution_result_stderr(const hb_execution_result *result);

/* proof: empty for a run that was only executed. */
HB_PUBLIC hb_chunk hb_execution_result_proof(const hb_execution_result *result);
HB_PUBLIC hb_verifying_key hb_execution_result_verifying_key(const hb_execution_result *result);

/* What a program that changes a ledger has written (docs/ledger.md): its public values hold the digest. Empty for others. */
HB_PUBLIC hb_chunk hb_execution_result_ledger_writes(const hb_execution_result *result);

/* state_verification: 1 when the state that the run leads to is a version of the ledger that was made by its proof, and has been verified; the status is "verified". 0 otherwise, and the
 * status says why: "no ledger"; "not committed" (nobody has asked yet); that the public values do not begin with the state roots; that the ledger refuses the step, and its reason; ... */
HB_PUBLIC int hb_execution_result_state_verification(const hb_execution_result *result);
HB_PUBLIC const char *hb_execution_result_state_status(const hb_execution_result *result);

/* state_commitment: of the new version. state_proof: against its root, what the run has written, and the record of its program in the registry; so of the keys of the writes and of the
 * key of the program's id in the namespace "program". Formats: docs/ledger.md. Both are empty unless state_verification is 1. */
HB_PUBLIC hb_chunk hb_execution_result_state_commitment(const hb_execution_result *result);
HB_PUBLIC hb_chunk hb_execution_result_state_proof(const hb_execution_result *result);

/* How the program ran: 1 when it was executed in a child process with system call filter and resource limits (secure_execute_program), 0 when the system has none of that. */
HB_PUBLIC int hb_execution_result_sandboxed(const hb_execution_result *result);

#ifdef __cplusplus
}
#endif
