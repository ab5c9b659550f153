/* The ledger behind public handles. For the files of this room that are built with LMDB only. */
#pragma once
#include "api/handles.h"
#include "ledger/state_manager.h"
#include "ledger/state_verifier.h"

struct hb_ledger {
    hb_state_manager *manager;
};
