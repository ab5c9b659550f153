/* A directory that keeps the finished proofs of a run in shards, so that a job that was killed goes on from there. Hosted.
 *
 * It holds a file `run` (64 hexadecimal digits that name the run: seed* of docs/protocol.md 14, which depends on program, input and cuts alike) and for each finished proof i a file
 * `<i>.piece`: magic "hbpiece1", i (u64 little-endian), BLAKE3 of what follows, the bytes of the proof as they stand in a proof file. Files appear whole
 * or not at all (written beside, synced, renamed). A piece that is damaged counts as not there. */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* Makes the directory if need be. Pieces without a readable file `run` beside them could be any run's: they are removed. HB_IO; HB_INVALID_ARGUMENT when it belongs to another run. */
hb_status hb_pieces_open(const char *dir, const uint32_t seed[8], hb_error *err);

/* Appends piece i to *out and returns true, if it is there and whole. */
bool hb_pieces_load(const char *dir, uint32_t i, hb_buf *out);

/* HB_IO, with nothing changed: what was finished before stays. */
hb_status hb_pieces_store(const char *dir, uint32_t i, const uint8_t *bytes, size_t n, hb_error *err);

/* Removes the pieces 0 .. n - 1, the file `run`, and the directory if it is empty then. */
void hb_pieces_remove(const char *dir, uint32_t n);
