/* The report of a run as text for people and as JSON lines for programs. Appended to out; HB_OUT_OF_MEMORY leaves what was written so far.
 *
 * JSON lines: one object a line, its kind in "record":
 *   run            end (halt, trap, cycle_limit, record_full), exit_code, cycles, host_cycles, gas, gas_version, touched_pages, misaligned, wall_ns
 *   public_values  bytes (hex), words (16 numbers: public-values digest, deferred digest)
 *   operation      name, count            one for each that occurred
 *   call           name, number, count    likewise
 *   region         name, entered, cycles
 *   output         fd, text               captured stdout and stderr, when there is any
 *   trap           reason, pc, address, word, call, detail, function, offset, stderr; after a trap only
 * Addresses are strings "0x..."; counts are numbers. Guest text is UTF-8 with each byte that is none replaced by U+FFFD. */
#pragma once
#include "base/buf.h"
#include "rv/interp.h"

hb_status hb_rv_report_text(const hb_rv_report *report, hb_buf *out);
hb_status hb_rv_report_json(const hb_rv_report *report, hb_buf *out);
