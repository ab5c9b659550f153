/* What leads from one state to another: writes, strictly ascending by key. Keys and values are copies. */
#pragma once
#include "ledger/state_priv.h"

typedef struct hb_state_diff {
    hb_buf bytes;           /* key (32), there (1), length (4), value; of the leaves that differ, not sorted */
    hb_state_write *writes; /* into bytes */
    size_t n;
} hb_state_diff;

/* Subtrees with equal hashes are skipped, so the work follows the difference. Free in any case. */
hb_status hb_state_diff_make(const hb_tree_source *source, const hb_tree_root *from, const hb_tree_root *to, hb_state_diff *diff, hb_error *err);
void hb_state_diff_free(hb_state_diff *diff);
