#include "ledger/store.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/bytes.h"
#include "hash/blake3.h"
#include "ledger/lmdb_check.h"
#include "ledger/store_priv.h"

#define MAP_BYTES_FIRST (UINT64_C(1) << 30) /* of address space; a batch that finds the map full is done twice */
#define WRITES_A_READER_CHECK 64u
#define MAP_BYTES_LIMIT (UINT64_C(1) << 44)

const char *const hb_table_names[HB_TABLES] = {"meta", "versions", "pages", "leaves", "stale", "receipts", "proofs", "cache", "cache_order"};

const char *hb_store_refused_file_system(long f_type)
{
    static const struct {
        uint32_t magic;
        const char *name;
    } refused[] = {{0x6969, "NFS"}, {0x517b, "SMB"}, {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"}, {0x00c36400, "Ceph"}, {0x5346414f, "AFS"},
                   {0x01021997, "9P"}, {0x73757245, "Coda"}, {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"}, {0x65735546, "FUSE"}, {0x7461636f, "OCFS2"},
                   {0x01161970, "GFS2"}, {0x564c, "NCP"}, {0x19830326, "BeeGFS"}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i].magic == (uint32_t)f_type)
            return refused[i].name;
    return NULL;
}

hb_status hb_store_mdb_error(const hb_store *store, int rc, const char *what, hb_error *err)
{
    const char *text = mdb_strerror(rc);
    switch (rc) {
    case ENOMEM: return hb_fail(err, HB_OUT_OF_MEMORY, "%s: out of memory", what);
    case ENOSPC: case EDQUOT: case EFBIG: return hb_fail(err, HB_IO, "%s: the disk is full (%s): %s", what, store->dir, text);
    case EIO: return hb_fail(err, HB_IO, "%s: the disk failed or is full (LMDB reports an incomplete write like this): %s", what, store->dir);
    case MDB_READERS_FULL: return hb_fail(err, HB_LIMIT, "%s: too many readers at once", what);
    case MDB_CORRUPTED: case MDB_PAGE_NOTFOUND: case MDB_INVALID: case MDB_BAD_TXN: case MDB_PANIC: case MDB_BAD_VALSIZE: case MDB_INCOMPATIBLE:
        return hb_fail(err, HB_IO, "%s: damaged: %s: %s", what, store->dir, text);
    default: return hb_fail(err, HB_IO, "%s: %s: %s", what, store->dir, text);
    }
}

/* In a read transaction. */
static hb_status check_file(const hb_store *store, MDB_txn *txn, bool whole, bool *passed, hb_error *err)
{
    mdb_filehandle_t fd;
    const int rc = mdb_env_get_fd(store->env, &fd);
    return rc ? hb_store_mdb_error(store, rc, "checking the ledger", err) : hb_lmdb_check(fd, mdb_txn_id(txn), whole, passed, err);
}

static hb_status open_tables(hb_store *store, const hb_store_options *options, hb_error *err)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, options->create ? 0 : MDB_RDONLY, &txn);
    if (rc == MDB_MAP_RESIZED) {
        mdb_env_set_mapsize(store->env, 0);
        rc = mdb_txn_begin(store->env, NULL, options->create ? 0 : MDB_RDONLY, &txn);
    }
    if (rc)
        return hb_store_mdb_error(store, rc, "opening the ledger", err);
    bool passed;
    const hb_status st = options->create ? HB_OK : check_file(store, txn, false, &passed, err);
    if (st != HB_OK) {
        mdb_txn_abort(txn);
        return st;
    }
    for (int i = 0; i < HB_TABLES && rc == 0; i++)
        rc = mdb_dbi_open(txn, hb_table_names[i], options->create ? MDB_CREATE : 0, &store->dbi[i]);
    if (rc) {
        mdb_txn_abort(txn);
        return rc == MDB_NOTFOUND ? hb_fail(err, HB_INVALID_ARGUMENT, "%s is not a ledger, or its making was not finished", store->dir)
                                  : hb_store_mdb_error(store, rc, "opening the ledger", err);
    }
    rc = mdb_txn_commit(txn);
    return rc ? hb_store_mdb_error(store, rc, "opening the ledger", err) : HB_OK;
}

static hb_status open_env(hb_store *store, const hb_store_options *options, hb_error *err)
{
    struct statfs fs;
    struct stat st;
    char path[4096];
    if (options->create && mkdir(store->dir, 0777) && errno != EEXIST)
        return hb_fail(err, HB_IO, "making %s: %s", store->dir, strerror(errno));
    if (statfs(store->dir, &fs))
        return hb_fail(err, errno == ENOENT ? HB_INVALID_ARGUMENT : HB_IO, "%s: %s", store->dir, strerror(errno));
    const char *refused = hb_store_refused_file_system((long)fs.f_type);
    if (refused)
        return hb_fail(err, HB_UNSUPPORTED, "%s is on a network file system (%s); a ledger needs a local disk, as its memory map and locks do not work there",
                       store->dir, refused);
    if ((size_t)snprintf(path, sizeof path, "%s/data.mdb", store->dir) >= sizeof path)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the name of the ledger's directory is too long");
    if (!options->create && stat(path, &st))
        return hb_fail(err, HB_INVALID_ARGUMENT, "%s is not a ledger: no data.mdb", store->dir);
    int rc = mdb_env_create(&store->env);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(store->env, HB_TABLES);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(store->env, 512);
    if (rc == 0)
        rc = mdb_env_set_mapsize(store->env, store->map_bytes);
    /* NOTLS: a read transaction belongs to its handle, not to the thread. */
    if (rc == 0)
        rc = mdb_env_open(store->env, store->dir, MDB_NOTLS | (options->read_only ? MDB_RDONLY : 0) | (options->no_sync ? MDB_NOSYNC : 0), 0666);
    if (rc)
        return hb_store_mdb_error(store, rc, "opening the ledger", err);
    int dead;
    mdb_reader_check(store->env, &dead); /* slots of processes that died would keep old pages alive for ever */
    return open_tables(store, options, err);
}

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static hb_store *open_stores; /* of this process, and dead copies of a parent's */

static void destroy(hb_store *store)
{
    if (store->env && store->pid == getpid()) /* a child's copy must leave the parent's locks alone */
        mdb_env_close(store->env);
    pthread_rwlock_destroy(&store->map_lock);
    free(store->dir);
    free(store);
}

/* The store with this data file that this process has open, or NULL. */
static hb_store *find_open(const char *dir, struct stat *st)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/data.mdb", dir) >= sizeof path || stat(path, st))
        return NULL;
    for (hb_store *s = open_stores; s; s = s->next)
        if (s->pid == getpid() && s->device == st->st_dev && s->file == st->st_ino)
            return s;
    return NULL;
}

static hb_status make_store(const char *dir, const hb_store_options *options, hb_store **out, hb_error *err)
{
    hb_store *store = calloc(1, sizeof *store);
    pthread_rwlockattr_t attr;
    struct stat st = {0};
    if (!store || !(store->dir = strdup(dir))) {
        free(store);
        return hb_fail(err, HB_OUT_OF_MEMORY, "opening the ledger: out of memory");
    }
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&store->map_lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    store->pid = getpid();
    store->handles = 1;
    store->read_only = options->read_only;
    store->map_bytes_max = options->map_bytes_max ? options->map_bytes_max : MAP_BYTES_LIMIT;
    store->map_bytes = options->map_bytes ? options->map_bytes : MAP_BYTES_FIRST;
    const hb_status status = open_env(store, options, err);
    if (status != HB_OK) {
        destroy(store);
        return status;
    }
    find_open(dir, &st);
    store->device = st.st_dev;
    store->file = st.st_ino;
    store->next = open_stores;
    open_stores = *out = store;
    return HB_OK;
}

hb_status hb_store_open(const char *dir, const hb_store_options *options, hb_store **out, hb_error *err)
{
    struct stat st;
    hb_status status = HB_OK;
    *out = NULL;
    pthread_mutex_lock(&open_lock);
    hb_store *open = find_open(dir, &st);
    if (!open) {
        status = make_store(dir, options, out, err);
    } else if (open->read_only && !options->read_only) {
        status = hb_fail(err, HB_INVALID_ARGUMENT, "%s is open read-only in this process", dir);
    } else {
        open->handles++;
        *out = open;
    }
    pthread_mutex_unlock(&open_lock);
    return status;
}

void hb_store_close(hb_store *store)
{
    if (!store)
        return;
    pthread_mutex_lock(&open_lock);
    if (--store->handles == 0) {
        hb_store **at = &open_stores;
        while (*at && *at != store)
            at = &(*at)->next;
        if (*at)
            *at = store->next;
        destroy(store);
    }
    pthread_mutex_unlock(&open_lock);
}

const char *hb_store_dir(const hb_store *store)
{
    return store->dir;
}

/* Somebody else's map grew, or ours is full: no transaction of this process may be open meanwhile. */
static int set_map(hb_store *store, size_t bytes)
{
    pthread_rwlock_wrlock(&store->map_lock);
    const int rc = mdb_env_set_mapsize(store->env, bytes);
    pthread_rwlock_unlock(&store->map_lock);
    return rc;
}

static hb_status begin(hb_store *store, hb_store_txn *txn, bool write, hb_error *err)
{
    *txn = (hb_store_txn){.store = store};
    if (store->pid != getpid())
        return hb_fail(err, HB_INVALID_ARGUMENT, "a ledger handle was used after fork; open the ledger again in the new process");
    if (write && store->broken)
        return hb_fail(err, HB_IO, "an earlier write to %s failed; open the ledger again", store->dir);
    int dead;
    if (write && __atomic_fetch_add(&store->writes, 1, __ATOMIC_RELAXED) % WRITES_A_READER_CHECK == WRITES_A_READER_CHECK - 1)
        mdb_reader_check(store->env, &dead); /* a reader that died would keep old pages alive, and the file would grow */
    for (int attempt = 0;; attempt++) {
        pthread_rwlock_rdlock(&store->map_lock);
        const int rc = mdb_txn_begin(store->env, NULL, write ? 0 : MDB_RDONLY, &txn->txn);
        if (rc == 0)
            return HB_OK;
        pthread_rwlock_unlock(&store->map_lock);
        if (rc != MDB_MAP_RESIZED || attempt == 10)
            return hb_store_mdb_error(store, rc, write ? "beginning a write" : "beginning a read", err);
        set_map(store, 0);
    }
}

hb_status hb_store_read(hb_store *store, hb_store_fn fn, void *ctx, hb_error *err)
{
    hb_store_txn txn;
    hb_status st = begin(store, &txn, false, err);
    if (st != HB_OK)
        return st;
    st = fn(&txn, ctx, err);
    mdb_txn_abort(txn.txn);
    pthread_rwlock_unlock(&store->map_lock);
    return st;
}

/* Doubles the map; HB_LIMIT when that is not allowed any more. */
static hb_status grow(hb_store *store, hb_error *err)
{
    MDB_envinfo info;
    int dead;
    mdb_reader_check(store->env, &dead); /* readers that died in between may be what holds on to pages */
    mdb_env_info(store->env, &info);
    const uint64_t now = info.me_mapsize, next = now < store->map_bytes_max / 2 ? 2 * now : store->map_bytes_max;
    if (next <= now)
        return hb_fail(err, HB_LIMIT, "the ledger has reached its size limit of %llu bytes", (unsigned long long)store->map_bytes_max);
    const int rc = set_map(store, (size_t)next);
    return rc ? hb_store_mdb_error(store, rc, "growing the ledger's map", err) : HB_OK;
}

/* One attempt. *full: nothing was written because the map is full. */
static hb_status try_write(hb_store *store, hb_store_fn fn, void *ctx, bool *full, hb_error *err)
{
    hb_store_txn txn;
    *full = false;
    hb_status st = begin(store, &txn, true, err);
    if (st != HB_OK)
        return st;
    st = fn(&txn, ctx, err);
    if (st == HB_OK) {
        const int rc = mdb_txn_commit(txn.txn);
        *full = rc == MDB_MAP_FULL;
        if (rc && !*full) {
            store->broken = true; /* whether the disk took it is not known; LMDB's state in memory may say yes */
            st = hb_store_mdb_error(store, rc, "committing", err);
        }
    } else {
        mdb_txn_abort(txn.txn);
        *full = txn.full;
    }
    pthread_rwlock_unlock(&store->map_lock);
    return st;
}

hb_status hb_store_write(hb_store *store, hb_store_fn fn, void *ctx, hb_error *err)
{
    for (;;) {
        bool full;
        hb_status st = try_write(store, fn, ctx, &full, err);
        if (!full)
            return st;
        st = grow(store, err);
        if (st != HB_OK)
            return st;
    }
}

hb_status hb_store_check_file(hb_store *store, hb_error *err)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        hb_store_txn txn;
        bool passed = false;
        hb_status st = begin(store, &txn, false, err);
        if (st != HB_OK)
            return st;
        st = check_file(store, txn.txn, true, &passed, err);
        mdb_txn_abort(txn.txn);
        pthread_rwlock_unlock(&store->map_lock);
        if (st != HB_OK || !passed)
            return st;
    }
    return hb_fail(err, HB_LIMIT, "the ledger changes too fast to be checked");
}

uint64_t hb_store_file_bytes(const hb_store *store)
{
    char path[4096];
    struct stat st;
    snprintf(path, sizeof path, "%s/data.mdb", store->dir);
    return stat(path, &st) ? 0 : (uint64_t)st.st_size;
}

enum { HEAD_BYTES = 8 + 32 + 16 };

static int open_head(const hb_store *store, int flags)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/head", store->dir) >= sizeof path)
        return -1;
    return open(path, flags | O_CLOEXEC, 0666);
}

static void seal_head(const uint8_t head[40], uint8_t seal[16])
{
    uint8_t digest[32];
    hb_blake3_hash(digest, head, 40);
    memcpy(seal, digest, 16);
}

void hb_store_write_head(hb_store *store, uint64_t version, const uint8_t digest[32])
{
    uint8_t head[HEAD_BYTES], old[HEAD_BYTES];
    const int fd = open_head(store, O_RDWR | O_CREAT);
    if (fd < 0)
        return;
    /* Writers come here after their commits, in any order; the newest stays. */
    if (flock(fd, LOCK_EX) == 0 && (pread(fd, old, sizeof old, 0) != sizeof old || hb_load_le64(old) < version)) {
        hb_store_le64(head, version);
        memcpy(head + 8, digest, 32);
        seal_head(head, head + 40);
        if (pwrite(fd, head, sizeof head, 0) != sizeof head && ftruncate(fd, 0) != 0)
            (void)0; /* a head that cannot be written is missing: no bound */
    }
    close(fd);
}

hb_status hb_store_read_head(hb_store *store, bool *there, uint64_t *version, uint8_t digest[32], hb_error *err)
{
    uint8_t head[HEAD_BYTES], seal[16];
    const int fd = open_head(store, O_RDONLY);
    *there = false;
    if (fd < 0)
        return HB_OK;
    const bool locked = flock(fd, LOCK_SH) == 0;
    const ssize_t n = pread(fd, head, sizeof head, 0);
    close(fd);
    if (!locked || n <= 0)
        return HB_OK;
    seal_head(head, seal);
    if (n != sizeof head || memcmp(seal, head + 40, 16) != 0)
        return hb_fail(err, HB_IO, "damaged: %s/head; remove it after a successful check", store->dir);
    *there = true;
    *version = hb_load_le64(head);
    memcpy(digest, head + 8, 32);
    return HB_OK;
}
