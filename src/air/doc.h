/* A record for people, as Markdown: columns, constraints, bus terms, range reasons, with degrees. Hosted; docs/chips.md is made of these.
 *
 * Expressions are written in the usual notation with column names; constants as small signed integers, or n/2^k where that is what they are. Larger
 * expressions that occur more than once get a name (t1, t2, ..) and are listed before they are used. */
#pragma once
#include "air/digest.h"
#include "base/status.h"

/* column_names: pre_width + width names, or NULL (c0, c1, ..). The record must be finished. HB_OUT_OF_MEMORY. */
hb_status hb_air_write_doc(const hb_air *air, const char *name, const char *const *column_names, hb_air_sink sink);

/* One expression, fully written out: for messages. */
void hb_air_write_expression(const hb_air *air, const char *const *column_names, hb_expr e, hb_air_sink sink);
