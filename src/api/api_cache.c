/* Proofs in memory: the least recently used goes first; one maker a key. Copies go in and out, so nobody holds what the cache may drop. */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"

typedef struct entry {
    uint8_t key[32];
    uint64_t used;  /* when it was asked for last */
    bool making;
    hb_buf bytes;   /* hb_api_result_write */
} entry;

struct hb_api_cache {
    pthread_mutex_t lock;
    pthread_cond_t made;
    entry *entries;
    size_t n, capacity, limit; /* limit: finished ones */
    uint64_t clock;
};

hb_api_cache *hb_api_cache_new(size_t limit)
{
    hb_api_cache *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->made, NULL);
    c->limit = limit;
    return c;
}

void hb_api_cache_free(hb_api_cache *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        hb_buf_free(&c->entries[i].bytes);
    free(c->entries);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->made);
    free(c);
}

static entry *find(hb_api_cache *c, const uint8_t key[32])
{
    for (size_t i = 0; i < c->n; i++)
        if (memcmp(c->entries[i].key, key, 32) == 0)
            return &c->entries[i];
    return NULL;
}

static entry *add(hb_api_cache *c, const uint8_t key[32])
{
    if (c->n == c->capacity) {
        const size_t room = c->capacity ? 2 * c->capacity : 16;
        entry *more = realloc(c->entries, room * sizeof *more);
        if (!more)
            return NULL;
        c->entries = more;
        c->capacity = room;
    }
    entry *e = &c->entries[c->n++];
    memset(e, 0, sizeof *e);
    memcpy(e->key, key, 32);
    return e;
}

static void drop(hb_api_cache *c, entry *e)
{
    hb_buf_free(&e->bytes);
    *e = c->entries[--c->n];
}

static hb_execution_result *copy_out(const entry *e)
{
    hb_execution_result *r = malloc(sizeof *r);
    if (r && hb_api_result_read(r, e->bytes.data, e->bytes.len))
        return r;
    free(r);
    return NULL;
}

hb_status hb_api_cache_get(hb_api_cache *c, const uint8_t key[32], hb_execution_result **found, hb_error *err)
{
    *found = NULL;
    pthread_mutex_lock(&c->lock);
    entry *e = find(c, key);
    while (e && e->making) {
        pthread_cond_wait(&c->made, &c->lock);
        e = find(c, key); /* it may have moved, or failed */
    }
    hb_status st = HB_OK;
    if (e) {
        e->used = ++c->clock;
        *found = copy_out(e);
        st = *found ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a result");
    } else if ((e = add(c, key))) {
        e->making = true;
    } else {
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a cache entry");
    }
    pthread_mutex_unlock(&c->lock);
    return st;
}

static void make_room(hb_api_cache *c)
{
    for (;;) {
        entry *oldest = NULL;
        size_t finished = 0;
        for (size_t i = 0; i < c->n; i++) {
            entry *e = &c->entries[i];
            finished += !e->making;
            if (!e->making && (!oldest || e->used < oldest->used))
                oldest = e;
        }
        if (finished <= c->limit)
            return;
        drop(c, oldest);
    }
}

void hb_api_cache_put(hb_api_cache *c, const uint8_t key[32], const hb_execution_result *result)
{
    pthread_mutex_lock(&c->lock);
    entry *e = find(c, key);
    if (e && e->making) {
        if (result && hb_api_result_write(result, &e->bytes) == HB_OK) {
            e->making = false;
            e->used = ++c->clock;
        } else {
            drop(c, e);
        }
        make_room(c);
        pthread_cond_broadcast(&c->made);
    }
    pthread_mutex_unlock(&c->lock);
}
