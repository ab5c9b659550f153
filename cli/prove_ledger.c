/* An entry of the cache is the proof file and the run's exit code (4 bytes, little-endian), which the verifier must be told. */
#include "cli/prove_ledger.h"

#include <string.h>

#include "base/bytes.h"
#include "hash/blake3.h"
#include "ledger/proof_cache.h"
#include "ledger/state_verifier.h"

typedef struct cached {
    const hb_machine_key *key;
    const hb_rv_exec_options *exec;
    const hb_job_config *config;
    hb_job_result *result;
    hb_verification_system *verifier;
    hb_buf *entry; /* while it is made */
} cached;

static void absorb(hb_blake3 *h, const void *data, size_t n)
{
    uint8_t length[8];
    hb_store_le64(length, n);
    hb_blake3_update(h, length, 8);
    hb_blake3_update(h, data, n);
}

static void absorb_number(hb_blake3 *h, uint64_t number)
{
    uint8_t bytes[8];
    hb_store_le64(bytes, number);
    absorb(h, bytes, 8);
}

/* Everything that the guest may get to see, and the limits that can end it. */
static void input_digest(const hb_rv_exec_options *e, uint8_t digest[32])
{
    hb_blake3 h;
    hb_blake3_init(&h);
    absorb(&h, e->stdin_bytes.data, e->stdin_bytes.len);
    absorb_number(&h, e->n_args);
    for (size_t i = 0; i < e->n_args; i++)
        absorb(&h, e->args[i], strlen(e->args[i]));
    absorb_number(&h, e->n_inputs);
    for (size_t i = 0; i < e->n_inputs; i++)
        absorb(&h, e->inputs[i].data, e->inputs[i].len);
    absorb_number(&h, e->n_keys);
    for (size_t i = 0; i < e->n_keys; i++) {
        absorb(&h, e->keys[i].name, strlen(e->keys[i].name));
        absorb(&h, e->keys[i].key, 32);
    }
    absorb_number(&h, e->cycle_limit);
    absorb_number(&h, e->memory_limit);
    absorb_number(&h, e->stack_limit);
    hb_blake3_final(&h, digest);
}

static void forward_report(void *ctx, const hb_rv_report *report)
{
    const cached *c = ctx;
    if (c->config->executed)
        c->config->executed(c->config->ctx, report);
}

static hb_status keep(void *ctx, const uint8_t *bytes, size_t n, hb_error *err)
{
    const cached *c = ctx;
    return hb_buf_append(c->entry, bytes, n) == HB_OK ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "keeping the proof: out of memory");
}

static hb_status make(void *ctx, hb_buf *entry, hb_error *err)
{
    cached *c = ctx;
    hb_job_config config = *c->config;
    config.executed = forward_report;
    config.put = keep;
    config.ctx = c;
    c->entry = entry;
    const hb_status st = hb_job_prove(c->key, c->exec, &config, c->result, err);
    if (st != HB_OK)
        return st;
    return hb_buf_append_u32(entry, c->result->exit_code) == HB_OK ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "keeping the proof: out of memory");
}

static bool accept(void *ctx, const uint8_t *entry, size_t bytes)
{
    const cached *c = ctx;
    return bytes > 4 && hb_verify_cryptographic_proof(c->verifier, hb_span_of(entry, bytes - 4), c->key->vkey, hb_load_le32(entry + bytes - 4), NULL, NULL) == HB_OK;
}

hb_status hb_cli_prove_cached(const char *dir, const hb_machine_key *key, const hb_rv_exec_options *exec, const hb_job_config *config, hb_job_result *result,
                              hb_buf *proof, bool *hit, hb_error *err)
{
    cached c = {.key = key, .exec = exec, .config = config, .result = result};
    const hb_proof_maker maker = {&c, make, accept};
    hb_state_manager *m = NULL;
    uint8_t digest[32], name[32], options[16];
    hb_store_le64(options, config->limits.shard_cycles);
    hb_store_le64(options + 8, config->in_shards);
    input_digest(exec, digest);
    hb_proof_cache_key(name, key->vkey, digest, hb_span_of(options, sizeof options));
    hb_status st = hb_state_manager_open(dir, NULL, &m, err);
    if (st == HB_OK)
        st = hb_verification_system_create(&c.verifier, err);
    if (st == HB_OK)
        st = hb_proof_cached(m, name, &maker, proof, hit, err);
    if (st == HB_OK && proof->len < 4)
        st = hb_fail(err, HB_INTERNAL, "a cached proof without its exit code");
    if (st == HB_OK) {
        proof->len -= 4;
        result->exit_code = hb_load_le32(proof->data + proof->len);
        result->proof_bytes = proof->len;
    }
    hb_verification_system_destroy(c.verifier);
    hb_state_manager_close(m);
    return st;
}
