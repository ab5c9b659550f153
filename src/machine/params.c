/* The parameter set as text. Its hash is the parameter id, which every transcript absorbs and every proof file carries; a test compares the text with
 * the constants that the code uses, so that neither can change alone. */
#include <string.h>

#include "hash/blake3.h"
#include "machine/statement.h"

static const char text[] =
    "hauptbuch-1\n"
    "field p=2013265921 extension=x^5-2\n"
    "tile_log2=12 skip_log2=4 stack_log2=14..20 depth_max=29 cap_log2=8 commitments=key,boundary,main\n"
    "folds=4,4,5 rates_log2=1,3,6,9 queries=261,85,39,26\n"
    "grinding global=16 bus=8 gamma=6 query=20 fold=11,14,18\n"
    "ood_points=2 tuple_challenges=16 hash=blake3\n"
    "regimes=unique,johnson:3,johnson:3,johnson:3\n"
    "hiding=no\n";

const char *hb_params_text(void) { return text; }

void hb_params_id(uint8_t id[32]) { hb_blake3_hash(id, text, sizeof text - 1); }
