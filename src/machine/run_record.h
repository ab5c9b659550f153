/* The records of a run's shards in phase 2 (machine/run_prove.h): every shard is executed again, in order, and where memory allows the next one by a
 * thread of its own while the one before is proven. Records do not depend on that. */
#pragma once
#include "machine/run_prove.h"

/* What recording at most so much takes. */
size_t hb_run_record_bytes(const uint64_t family[HB_FAM_COUNT], uint64_t bumps, uint64_t cells);

/* *record: that of shard i (run->next <= i <= run->n_shards), the run's, until the next call. Ends phase 1. Shards that are left out are executed all the
 * same. HB_OUT_OF_MEMORY; HB_INTERNAL when a shard does not run as planned. */
hb_status hb_run_record_shard(hb_run *run, uint32_t i, const hb_rv_record **record, hb_error *err);

/* Waits for the thread, and frees what recording has taken. */
void hb_run_record_free(hb_run *run);
