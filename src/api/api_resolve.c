/* Verifying keys of the programs that a program needs: out of the directory of packages and the ledger that are open. */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"

enum { SOURCES = 2 };

/* Both as one registry. */
typedef struct {
    hb_package_registry of[SOURCES];
    size_t n;
} sources;

static hb_status versions(void *ctx, const char *id, hb_package_version_fn found, void *found_ctx, hb_error *err)
{
    const sources *s = ctx;
    hb_status st = HB_OK;
    for (size_t i = 0; i < s->n && st == HB_OK; i++)
        st = s->of[i].versions(s->of[i].ctx, id, found, found_ctx, err);
    return st;
}

typedef struct {
    const char *version;
    bool there;
} wanted;

static void compare(void *ctx, const char *version)
{
    wanted *w = ctx;
    w->there = w->there || strcmp(version, w->version) == 0;
}

/* Of a version that both have, the keys must be the same: which one is meant is not for us to choose. */
static hb_status key(void *ctx, const char *id, const char *version, uint8_t vkey[32], hb_error *err)
{
    const sources *s = ctx;
    bool have = false;
    for (size_t i = 0; i < s->n; i++) {
        wanted w = {version, false};
        uint8_t other[32];
        hb_status st = s->of[i].versions(s->of[i].ctx, id, compare, &w, err);
        if (st == HB_OK && w.there)
            st = s->of[i].key(s->of[i].ctx, id, version, other, err);
        if (st != HB_OK)
            return st;
        if (w.there && have && memcmp(vkey, other, sizeof other) != 0)
            return hb_fail(err, HB_DEPENDENCY_RESOLUTION_FAILED, "the directory of packages and the ledger have different programs under this version");
        if (w.there)
            memcpy(vkey, other, sizeof other);
        have = have || w.there;
    }
    return have ? HB_OK : hb_fail(err, HB_DEPENDENCY_RESOLUTION_FAILED, "there is no such program");
}

static hb_status resolve(hb_zkvm *vm, const hb_program *program, hb_package_resolved *resolved, size_t *n, hb_error *err)
{
    sources s = {.n = 0};
    const hb_package_registry registry = {.ctx = &s, .versions = versions, .key = key};
    pthread_rwlock_rdlock(&vm->ledger_lock);
    pthread_mutex_lock(&vm->lock);
    if (vm->has_registry)
        s.of[s.n++] = hb_package_directory_registry(&vm->registry);
    if (vm->ledger)
        s.of[s.n++] = hb_api_ledger_registry(vm->ledger);
    const hb_status st = hb_package_resolve(resolved, n, &program->package, s.n ? &registry : NULL, err);
    pthread_mutex_unlock(&vm->lock);
    pthread_rwlock_unlock(&vm->ledger_lock);
    return st;
}

hb_status hb_api_resolve(hb_zkvm *vm, const hb_program *program, hb_api_keys *keys, hb_error *err)
{
    size_t n = hb_program_dependency_count(program);
    *keys = (hb_api_keys){0};
    if (!n)
        return HB_OK;
    hb_package_resolved *resolved = malloc(n * sizeof *resolved);
    keys->keys = calloc(n, sizeof *keys->keys);
    hb_status st = resolved && keys->keys ? resolve(vm, program, resolved, &n, err) : hb_fail(err, HB_OUT_OF_MEMORY, "no memory for dependencies");
    for (size_t i = 0; st == HB_OK && i < n; i++) {
        keys->keys[i].name = resolved[i].dependency->id;
        memcpy(keys->keys[i].key, resolved[i].vkey, 32);
        keys->n = i + 1;
    }
    free(resolved);
    if (st != HB_OK)
        hb_api_keys_free(keys);
    return st;
}

void hb_api_keys_free(hb_api_keys *keys)
{
    free(keys->keys);
    *keys = (hb_api_keys){0};
}
