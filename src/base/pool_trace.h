/* A pool whose loops are traced (base/trace.h): track w shows when worker w had chunks to run; time in which the caller, track 0, waits for the others
 * is idle. A one-thread pool and loops of one chunk have no spans: they are the caller's own work. */
#pragma once
#include "base/pool.h"
#include "base/trace.h"

/* From now on; NULL: no more. trace has at least as many tracks as the pool threads, belongs to the caller, and must not be read or destroyed while a
 * loop runs. No loop may be running, and one thread at a time may call loops of a traced pool. pool may be NULL, and traces nothing. */
void hb_pool_set_trace(hb_pool *pool, hb_trace *trace);

/* The pool's trace, for work that has spans of its own; NULL if there is none, or no pool. */
hb_trace *hb_pool_trace(const hb_pool *pool);
