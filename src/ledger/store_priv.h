/* Inside of the store, for store*.c only. */
#pragma once
#include <lmdb.h>
#include <pthread.h>
#include <sys/types.h>

#include "ledger/store.h"

struct hb_store {
    struct hb_store *next; /* of those that this process has open */
    unsigned handles;
    dev_t device;          /* of data.mdb, which says what is the same ledger */
    ino_t file;
    bool read_only;
    char *dir;
    MDB_env *env;
    MDB_dbi dbi[HB_TABLES];
    pid_t pid;                 /* that opened it */
    uint64_t map_bytes, map_bytes_max;
    pthread_rwlock_t map_lock; /* shared: a transaction is open; exclusive: the map's size changes */
    unsigned writes;           /* begun by this handle; now and then dead readers are looked for */
    bool broken;               /* a commit failed in an unknown way: no more writes */
};

struct hb_store_txn {
    hb_store *store;
    MDB_txn *txn;
    bool full; /* a put found the map full */
};

/* The status for an error of LMDB, with a message. */
hb_status hb_store_mdb_error(const hb_store *store, int rc, const char *what, hb_error *err);
