/* Shards, each a chained hash table with a list in order of use, so that readers on several cores do not wait for one lock. */
#include "ledger/state_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { SHARDS = 16, OVERHEAD = 16, BYTES_A_BUCKET = 512 };

typedef struct entry {
    struct entry *next;           /* of the bucket */
    struct entry *newer, *older;  /* in order of use */
    uint32_t bucket;
    uint32_t key_bytes;
    size_t bytes;
    uint8_t key[HB_STATE_CACHE_KEY_MAX];
    uint8_t data[];
} entry;

typedef struct shard {
    pthread_mutex_t lock;
    entry **bucket;
    entry *newest, *oldest;
    size_t entries, bytes;
    uint64_t hits, misses;
} shard;

struct hb_state_cache {
    size_t shard_bytes;
    uint32_t buckets; /* of a shard */
    shard shard[SHARDS];
};

hb_state_cache *hb_state_cache_create(size_t bytes)
{
    hb_state_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    cache->shard_bytes = bytes / SHARDS;
    cache->buckets = (uint32_t)(cache->shard_bytes / BYTES_A_BUCKET) + 1;
    bool ok = true;
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&cache->shard[i].lock, NULL);
        cache->shard[i].bucket = calloc(cache->buckets, sizeof(entry *));
        ok = ok && cache->shard[i].bucket;
    }
    if (ok)
        return cache;
    hb_state_cache_destroy(cache);
    return NULL;
}

void hb_state_cache_destroy(hb_state_cache *cache)
{
    if (!cache)
        return;
    hb_state_cache_clear(cache);
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_destroy(&cache->shard[i].lock);
        free(cache->shard[i].bucket);
    }
    free(cache);
}

/* FNV-1a over 8 bytes at a time; keys are versions and paths, of which no adversary gains by collisions (they cost one comparison). */
static uint64_t hash_key(const uint8_t *key, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; n >= 8; key += 8, n -= 8)
        h = (h ^ hb_load_le64(key)) * UINT64_C(0x9e3779b97f4a7c15), h ^= h >> 29;
    for (; n; key++, n--)
        h = (h ^ *key) * UINT64_C(0x100000001b3);
    return h ^ h >> 32;
}

static void unlink_use(shard *s, entry *e)
{
    *(e->newer ? &e->newer->older : &s->newest) = e->older;
    *(e->older ? &e->older->newer : &s->oldest) = e->newer;
}

static void link_newest(shard *s, entry *e)
{
    e->newer = NULL;
    e->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = e;
    s->newest = e;
}

static void drop(shard *s, entry *e)
{
    entry **at = &s->bucket[e->bucket];
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    unlink_use(s, e);
    s->entries--;
    s->bytes -= sizeof *e + e->bytes + OVERHEAD;
    free(e);
}

static entry *find(shard *s, uint32_t bucket, const uint8_t *key, size_t key_bytes)
{
    entry *e = s->bucket[bucket];
    while (e && (e->key_bytes != key_bytes || memcmp(e->key, key, key_bytes) != 0))
        e = e->next;
    return e;
}

size_t hb_state_cache_get(hb_state_cache *cache, const uint8_t *key, size_t key_bytes, void *out, size_t room)
{
    const uint64_t h = hash_key(key, key_bytes);
    shard *s = &cache->shard[h % SHARDS];
    size_t n = SIZE_MAX;
    pthread_mutex_lock(&s->lock);
    entry *e = find(s, (uint32_t)(h / SHARDS % cache->buckets), key, key_bytes);
    if (e && e->bytes <= room) {
        memcpy(out, e->data, e->bytes);
        n = e->bytes;
        if (e != s->newest) {
            unlink_use(s, e);
            link_newest(s, e);
        }
        s->hits++;
    } else {
        s->misses++;
    }
    pthread_mutex_unlock(&s->lock);
    return n;
}

void hb_state_cache_put(hb_state_cache *cache, const uint8_t *key, size_t key_bytes, const void *data, size_t bytes)
{
    const uint64_t h = hash_key(key, key_bytes);
    const uint32_t bucket = (uint32_t)(h / SHARDS % cache->buckets);
    shard *s = &cache->shard[h % SHARDS];
    const size_t cost = sizeof(entry) + bytes + OVERHEAD;
    if (key_bytes > HB_STATE_CACHE_KEY_MAX || cost > cache->shard_bytes)
        return;
    entry *fresh = malloc(sizeof *fresh + bytes);
    if (!fresh)
        return;
    *fresh = (entry){.bucket = bucket, .key_bytes = (uint32_t)key_bytes, .bytes = bytes};
    memcpy(fresh->key, key, key_bytes);
    memcpy(fresh->data, data, bytes);
    pthread_mutex_lock(&s->lock);
    entry *old = find(s, bucket, key, key_bytes);
    if (old)
        drop(s, old);
    while (s->oldest && s->bytes + cost > cache->shard_bytes)
        drop(s, s->oldest);
    fresh->next = s->bucket[bucket];
    s->bucket[bucket] = fresh;
    link_newest(s, fresh);
    s->entries++;
    s->bytes += cost;
    pthread_mutex_unlock(&s->lock);
}

void hb_state_cache_clear(hb_state_cache *cache)
{
    for (int i = 0; i < SHARDS; i++) {
        shard *s = &cache->shard[i];
        pthread_mutex_lock(&s->lock);
        while (s->oldest)
            drop(s, s->oldest);
        pthread_mutex_unlock(&s->lock);
    }
}

hb_state_cache_stats hb_state_cache_read_stats(hb_state_cache *cache)
{
    hb_state_cache_stats sum = {0};
    for (int i = 0; i < SHARDS; i++) {
        shard *s = &cache->shard[i];
        pthread_mutex_lock(&s->lock);
        sum.hits += s->hits;
        sum.misses += s->misses;
        sum.entries += s->entries;
        sum.bytes += s->bytes;
        pthread_mutex_unlock(&s->lock);
    }
    return sum;
}
