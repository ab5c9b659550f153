/* hauptbuch prove --cached DIR: proofs out of the cache of the ledger in DIR. */
#pragma once
#include <stdbool.h>

#include "machine/job.h"

/* As hb_job_prove, but the proof is appended to *proof and may come out of the cache (*hit; then of *result only exit_code and proof_bytes are set). What config->put
 * points to is not called; config->executed is, when the proof is made. dir: a ledger, else HB_INVALID_ARGUMENT. */
hb_status hb_cli_prove_cached(const char *dir, const hb_machine_key *key, const hb_rv_exec_options *exec, const hb_job_config *config, hb_job_result *result,
                              hb_buf *proof, bool *hit, hb_error *err);
