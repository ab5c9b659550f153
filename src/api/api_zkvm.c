#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "api/secure.h"
#include "hash/blake3.h"

/* --- life --------------------------------------------------------------------------------------------------------------------------------- */

hb_status hb_zkvm_new(hb_zkvm **vm, const hb_zkvm_config *config, hb_error *err)
{
    hb_zkvm_config c;
    if (!vm)
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm is NULL");
    *vm = NULL;
    hb_status st = config ? hb_api_config_take(&c, config, err) : hb_zkvm_config_init(&c, NULL, err);
    if (st != HB_OK)
        return st;
    hb_zkvm *v = calloc(1, sizeof *v);
    if (v)
        v->cache = hb_api_cache_new((size_t)c.cache_entries);
    if (!v || !v->cache) {
        free(v);
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a virtual machine");
    }
    v->config = c;
    pthread_mutex_init(&v->lock, NULL);
    pthread_rwlock_init(&v->ledger_lock, NULL);
    *vm = v;
    return HB_OK;
}

void hb_zkvm_free(hb_zkvm *vm)
{
    if (!vm)
        return;
    hb_zkvm_close_ledger(vm);
    pthread_rwlock_destroy(&vm->ledger_lock);
    hb_api_cache_free(vm->cache);
    if (vm->has_registry)
        hb_package_directory_free(&vm->registry);
    free(vm->allowed);
    pthread_mutex_destroy(&vm->lock);
    free(vm);
}

void hb_zkvm_set_callbacks(hb_zkvm *vm, const hb_callbacks *callbacks)
{
    static const hb_callbacks none;
    pthread_mutex_lock(&vm->lock);
    vm->callbacks = callbacks ? *callbacks : none;
    pthread_mutex_unlock(&vm->lock);
}

static hb_callbacks callbacks_of(hb_zkvm *vm)
{
    pthread_mutex_lock(&vm->lock);
    const hb_callbacks c = vm->callbacks;
    pthread_mutex_unlock(&vm->lock);
    return c;
}

hb_status hb_zkvm_open_registry(hb_zkvm *vm, const char *directory, hb_error *err)
{
    hb_package_directory d;
    memset(&d, 0, sizeof d);
    if (!directory)
        return hb_fail(err, HB_INVALID_ARGUMENT, "directory is NULL");
    hb_status st = hb_package_directory_open(&d, directory, err);
    if (st != HB_OK) {
        hb_package_directory_free(&d);
        return st;
    }
    pthread_mutex_lock(&vm->lock);
    if (vm->has_registry)
        hb_package_directory_free(&vm->registry);
    vm->registry = d;
    vm->has_registry = true;
    pthread_mutex_unlock(&vm->lock);
    return HB_OK;
}

hb_status hb_zkvm_allow(hb_zkvm *vm, const hb_verifying_key *keys, size_t n, hb_error *err)
{
    hb_verifying_key *copy = n ? malloc(n * sizeof *copy) : NULL;
    if (n && (!copy || !keys)) {
        free(copy);
        return hb_fail(err, keys ? HB_OUT_OF_MEMORY : HB_INVALID_ARGUMENT, "no list of keys");
    }
    if (n)
        memcpy(copy, keys, n * sizeof *copy);
    pthread_mutex_lock(&vm->lock);
    free(vm->allowed);
    vm->allowed = copy;
    vm->n_allowed = n;
    pthread_mutex_unlock(&vm->lock);
    return HB_OK;
}

/* --- executing ---------------------------------------------------------------------------------------------------------------------------- */

/* What every way of executing begins with: the program's key, and those of the programs that it needs. */
typedef struct {
    hb_proving_key *key;
    hb_api_keys needed;
} prepared;

static hb_status prepare(hb_zkvm *vm, const hb_program *program, prepared *p, hb_error *err)
{
    *p = (prepared){0};
    hb_status st = hb_api_check_limits(program, &vm->config, err);
    if (st == HB_OK)
        st = hb_api_resolve(vm, program, &p->needed, err);
    return st == HB_OK ? hb_proving_key_generate(&p->key, program, err) : st;
}

static void drop_prepared(prepared *p)
{
    hb_proving_key_free(p->key);
    hb_api_keys_free(&p->needed);
}

/* The proof must say what the result says. */
hb_status hb_api_check_result(const hb_execution_result *r, const hb_verifying_key *key, hb_error *err)
{
    hb_chunk proven;
    if (!hb_verifying_key_equal(&r->vkey, key))
        return hb_fail(err, HB_INVALID_EXECUTION_RESULT, "the result is another program's");
    hb_status st = hb_prover_verify(key, r->proof.data, r->proof.len, r->exit_code, &proven, err);
    if (st != HB_OK)
        return st;
    if (proven.n != r->public_values.len || (proven.n && memcmp(proven.bytes, r->public_values.data, proven.n) != 0))
        return hb_fail(err, HB_INVALID_EXECUTION_RESULT, "the public values of the result are not those of its proof");
    return HB_OK;
}

static hb_status execute_with(const prepared *p, const hb_program_input *input, const hb_zkvm_config *config, const hb_callbacks *callbacks,
                              hb_execution_result **result, hb_error *err)
{
    uint32_t shards;
    const hb_verifying_key vkey = hb_proving_key_get_verifying_key(p->key);
    hb_execution_result *r = calloc(1, sizeof *r);
    if (!r)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a result");
    hb_status st = hb_api_prove(p->key, &p->needed, input, config, callbacks, r, &shards, err);
    if (st == HB_OK)
        st = hb_api_check_result(r, &vkey, err);
    if (st == HB_OK)
        *result = r;
    else
        hb_execution_result_free(r);
    return st;
}

static hb_status execute(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, const hb_zkvm_config *config, hb_execution_result **result,
                         hb_error *err)
{
    prepared p;
    const hb_callbacks callbacks = callbacks_of(vm);
    hb_status st = prepare(vm, program, &p, err);
    if (st == HB_OK)
        st = execute_with(&p, input, config, &callbacks, result, err);
    drop_prepared(&p);
    return st;
}

hb_status hb_zkvm_execute_program(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, hb_error *err)
{
    if (!vm || !program || !result)
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm, program or result is NULL");
    *result = NULL;
    const hb_status st = execute(vm, program, input, &vm->config, result, err);
    if (st == HB_OK)
        hb_api_state_step(vm, *result, false, NULL); /* the result says what came of it */
    return st;
}

hb_status hb_zkvm_verify_proof(hb_zkvm *vm, const hb_verifying_key *key, const uint8_t *proof, size_t n, const uint8_t *expected, size_t n_expected, hb_error *err)
{
    hb_chunk proven;
    if (!vm || (!expected && n_expected))
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm or expected_public_values is NULL");
    hb_status st = hb_prover_verify(key, proof, n, 0, &proven, err);
    if (st != HB_OK)
        return st;
    if (proven.n != n_expected || (n_expected && memcmp(proven.bytes, expected, n_expected) != 0))
        return hb_fail(err, HB_PROOF_VERIFICATION_FAILED, "the proof is valid, but for other public values");
    return HB_OK;
}

/* --- cached ------------------------------------------------------------------------------------------------------------------------------- */

static void add_chunk(hb_blake3 *h, const void *bytes, size_t n)
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)n >> 8 * i);
    hb_blake3_update(h, length, sizeof length);
    hb_blake3_update(h, bytes, n);
}

/* All that a proof's bytes depend on, and what a run may do. */
static void cache_key(const prepared *p, const hb_program_input *input, const hb_zkvm_config *config, uint8_t out[32])
{
    hb_blake3 h;
    hb_blake3_init(&h);
    add_chunk(&h, p->key->key.vkey, 32);
    for (size_t i = 0; i < p->needed.n; i++)
        add_chunk(&h, p->needed.keys[i].key, 32);
    const uint64_t limits[4] = {config->max_memory_limit, config->max_stack_limit, config->max_cycles, config->proving_memory};
    add_chunk(&h, limits, sizeof limits);
    if (input) {
        add_chunk(&h, input->stdin_bytes.bytes, input->stdin_bytes.n);
        for (size_t i = 0; i < input->n_chunks; i++)
            add_chunk(&h, input->chunks[i].bytes, input->chunks[i].n);
        add_chunk(&h, "args", 4);
        for (size_t i = 0; i < input->n_args; i++)
            add_chunk(&h, input->args[i], strlen(input->args[i]));
    }
    hb_blake3_final(&h, out);
}

static hb_status cached(hb_zkvm *vm, const prepared *p, const hb_program_input *input, hb_execution_result **result, int *hit, hb_error *err)
{
    uint8_t name[32];
    const hb_callbacks callbacks = callbacks_of(vm);
    const hb_verifying_key vkey = hb_proving_key_get_verifying_key(p->key);
    cache_key(p, input, &vm->config, name);
    hb_status st = hb_api_cache_get(vm->cache, name, result, err);
    if (st != HB_OK)
        return st;
    if (*result) {
        *hit = 1;
        st = hb_api_check_result(*result, &vkey, err);
        if (st == HB_OK)
            return HB_OK;
        hb_execution_result_free(*result); /* memory that has changed: prove again, outside the cache */
        *result = NULL;
        *hit = 0;
        return execute_with(p, input, &vm->config, &callbacks, result, err);
    }
    st = execute_with(p, input, &vm->config, &callbacks, result, err);
    hb_api_cache_put(vm->cache, name, st == HB_OK ? *result : NULL);
    return st;
}

hb_status hb_zkvm_cached_generate_proof(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, int *was_cached, hb_error *err)
{
    prepared p;
    int hit = 0;
    if (!vm || !program || !result)
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm, program or result is NULL");
    *result = NULL;
    if (was_cached)
        *was_cached = 0;
    if (input && input->size != sizeof *input)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the input must begin with its size");
    if (!vm->config.enable_state_caching)
        return execute(vm, program, input, &vm->config, result, err);
    hb_status st = prepare(vm, program, &p, err);
    if (st == HB_OK)
        st = cached(vm, &p, input, result, &hit, err);
    drop_prepared(&p);
    if (was_cached)
        *was_cached = hit;
    return st;
}

/* --- several ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    hb_zkvm *vm;
    hb_zkvm_config config; /* of one worker */
    const hb_program *const *programs;
    const hb_program_input *inputs;
    size_t n, next; /* next: under the machine's lock */
    hb_execution_result **results;
    hb_status *statuses;
    hb_error *errors;
} batch;

static void *work(void *ctx)
{
    batch *b = ctx;
    for (;;) {
        pthread_mutex_lock(&b->vm->lock);
        const size_t i = b->next < b->n ? b->next++ : b->n;
        pthread_mutex_unlock(&b->vm->lock);
        if (i == b->n)
            return NULL;
        hb_error why = {0};
        b->statuses[i] = b->programs[i] ? execute(b->vm, b->programs[i], b->inputs ? &b->inputs[i] : NULL, &b->config, &b->results[i], &why)
                                        : hb_fail(&why, HB_INVALID_ARGUMENT, "program %zu is NULL", i);
        if (b->errors)
            b->errors[i] = why;
    }
}

/* A proof wants about so much, whatever the program. */
#define LEAST_PROVING_MEMORY ((size_t)512 << 20)

static size_t worker_count(const hb_zkvm_config *config, size_t n)
{
    const size_t memory = hb_api_memory(config), threads = hb_api_threads(config);
    size_t workers = threads < n ? threads : n;
    if (memory && workers > memory / LEAST_PROVING_MEMORY)
        workers = memory / LEAST_PROVING_MEMORY;
    return workers ? workers : 1;
}

hb_status hb_zkvm_parallel_execute_programs(hb_zkvm *vm, const hb_program *const *programs, const hb_program_input *inputs, size_t n, hb_execution_result **results,
                                            hb_status *statuses, hb_error *errors)
{
    if (!vm || (n && (!programs || !results || !statuses)))
        return HB_INVALID_ARGUMENT;
    batch b = {.vm = vm, .config = vm->config, .programs = programs, .inputs = inputs, .n = n, .results = results, .statuses = statuses, .errors = errors};
    const size_t workers = worker_count(&vm->config, n), memory = hb_api_memory(&vm->config);
    b.config.threads = hb_api_threads(&vm->config) / workers ? hb_api_threads(&vm->config) / workers : 1;
    b.config.proving_memory = memory / workers;
    for (size_t i = 0; i < n; i++) {
        results[i] = NULL;
        statuses[i] = HB_OK;
    }
    pthread_t *threads = workers > 1 ? malloc((workers - 1) * sizeof *threads) : NULL;
    size_t started = 0;
    while (threads && started < workers - 1 && pthread_create(&threads[started], NULL, work, &b) == 0)
        started++;
    work(&b); /* and whatever could not be started */
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    for (size_t i = 0; i < n; i++)
        if (statuses[i] != HB_OK)
            return statuses[i];
    return HB_OK;
}

/* --- untrusted programs ------------------------------------------------------------------------------------------------------------------- */

static hb_status check_allowed(hb_zkvm *vm, const hb_verifying_key *key, hb_error *err)
{
    pthread_mutex_lock(&vm->lock);
    bool found = vm->n_allowed == 0;
    for (size_t i = 0; i < vm->n_allowed; i++)
        found = found || hb_verifying_key_equal(&vm->allowed[i], key);
    pthread_mutex_unlock(&vm->lock);
    return found ? HB_OK : hb_fail(err, HB_SECURITY_VALIDATION_FAILED, "the program's verifying key is not on the list of those that are allowed");
}

hb_status hb_zkvm_secure_execute_program(hb_zkvm *vm, const hb_program *program, const hb_program_input *input, hb_execution_result **result, hb_error *err)
{
    prepared p;
    if (!vm || !program || !result)
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm, program or result is NULL");
    *result = NULL;
    hb_status st = prepare(vm, program, &p, err);
    if (st != HB_OK) {
        drop_prepared(&p);
        return st;
    }
    const hb_verifying_key vkey = hb_proving_key_get_verifying_key(p.key);
    const hb_callbacks callbacks = callbacks_of(vm);
    hb_execution_result *r = calloc(1, sizeof *r);
    st = r ? check_allowed(vm, &vkey, err) : hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a result");
    if (st == HB_OK)
        st = hb_api_prove_in_child(p.key, &p.needed, input, &vm->config, &callbacks, r, err);
    if (st == HB_OK)
        st = hb_api_check_result(r, &vkey, err);
    if (st == HB_OK)
        *result = r;
    else
        hb_execution_result_free(r);
    drop_prepared(&p);
    if (st == HB_OK)
        hb_api_state_step(vm, r, false, NULL); /* the result says what came of it */
    return st;
}

/* --- what has its own issues -------------------------------------------------------------------------------------------------------------- */

hb_status hb_zkvm_aggregate_proofs(hb_zkvm *vm, const hb_chunk *proofs, size_t n, uint8_t **aggregate, size_t *n_aggregate, hb_error *err)
{
    (void)proofs, (void)n;
    if (aggregate)
        *aggregate = NULL;
    if (n_aggregate)
        *n_aggregate = 0;
    if (vm && !vm->config.enable_proof_aggregation)
        return hb_fail(err, HB_PROOF_AGGREGATION_FAILED, "aggregation is switched off (enable_proof_aggregation)");
    return hb_fail(err, HB_PROOF_AGGREGATION_FAILED, "this version cannot aggregate proofs");
}
