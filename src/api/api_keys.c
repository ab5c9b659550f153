#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "base/bytes.h"
#include "base/reject.h"
#include "machine/machine_verify.h"
#include "machine/soundness.h"
#include "program/package_file.h"

/* --- parameters and keys ------------------------------------------------------------------------------------------------------------------ */

hb_circuit_parameters hb_circuit_parameters_get(void)
{
    hb_circuit_parameters p = {.text = hb_params_text(), .chips = HB_CHIP_COUNT};
    hb_security_report *report = malloc(sizeof *report);
    hb_params_id(p.id);
    if (report) {
        hb_security_compute(HB_SECURITY_SHIPPED, report);
        p.security_bits = report->min_bits;
    }
    free(report);
    return p;
}

hb_status hb_proving_key_generate(hb_proving_key **key, const hb_program *program, hb_error *err)
{
    if (!key || !program)
        return hb_fail(err, HB_INVALID_ARGUMENT, "key or program is NULL");
    *key = NULL;
    hb_proving_key *k = calloc(1, sizeof *k);
    if (!k)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a key");
    hb_status st = hb_api_program_copy(&k->program, program, err);
    if (st == HB_OK)
        st = hb_package_load(&k->image, &k->program->package, err);
    if (st == HB_OK)
        st = hb_machine_key_init(&k->key, &k->image, NULL, err);
    if (st == HB_OK)
        *key = k;
    else
        hb_proving_key_free(k);
    return st;
}

void hb_proving_key_free(hb_proving_key *key)
{
    if (!key)
        return;
    hb_machine_key_free(&key->key);
    hb_rv_program_free(&key->image);
    hb_program_free(key->program);
    free(key);
}

hb_verifying_key hb_proving_key_get_verifying_key(const hb_proving_key *key)
{
    hb_verifying_key v;
    memcpy(v.bytes, key->key.vkey, sizeof v.bytes);
    return v;
}

/* magic "hbpkey1\0", verifying key, the program's file */
enum { MAGIC_BYTES = 8, KEY_HEAD = MAGIC_BYTES + 32 };
static const char key_magic[MAGIC_BYTES] = "hbpkey1";

hb_status hb_proving_key_serialize(const hb_proving_key *key, uint8_t **bytes, size_t *n, hb_error *err)
{
    hb_buf out = {0};
    *bytes = NULL;
    *n = 0;
    hb_status st = hb_buf_append(&out, key_magic, MAGIC_BYTES);
    if (st == HB_OK)
        st = hb_buf_append(&out, key->key.vkey, 32);
    if (st == HB_OK)
        st = hb_package_write(&out, &key->program->package, err);
    if (st == HB_OK && !(*bytes = malloc(out.len)))
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a key's bytes");
    if (st == HB_OK) {
        memcpy(*bytes, out.data, out.len);
        *n = out.len;
    }
    hb_buf_free(&out);
    return st;
}

hb_status hb_proving_key_load(hb_proving_key **key, const uint8_t *bytes, size_t n, hb_error *err)
{
    if (!key || (!bytes && n))
        return hb_fail(err, HB_INVALID_ARGUMENT, "key or bytes is NULL");
    *key = NULL;
    if (n < KEY_HEAD || memcmp(bytes, key_magic, MAGIC_BYTES) != 0)
        return hb_fail(err, HB_INVALID_ARGUMENT, "these bytes are not a proving key");
    hb_program *program;
    hb_status st = hb_program_from_bytes(&program, bytes + KEY_HEAD, n - KEY_HEAD, err);
    if (st != HB_OK)
        return st;
    st = hb_proving_key_generate(key, program, err);
    hb_program_free(program);
    if (st == HB_OK && memcmp((*key)->key.vkey, bytes + MAGIC_BYTES, 32) != 0) {
        hb_proving_key_free(*key);
        *key = NULL;
        st = hb_fail(err, HB_INVALID_ARGUMENT, "the key is of another machine or version, or damaged");
    }
    return st;
}

int hb_verifying_key_equal(const hb_verifying_key *a, const hb_verifying_key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void hb_verifying_key_to_text(const hb_verifying_key *key, char text[65])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 32; i++) {
        text[2 * i] = digits[key->bytes[i] >> 4];
        text[2 * i + 1] = digits[key->bytes[i] & 15];
    }
    text[64] = 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

hb_status hb_verifying_key_from_text(hb_verifying_key *key, const char *text, hb_error *err)
{
    hb_verifying_key k;
    if (!text || strlen(text) != 64)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a verifying key has 64 hexadecimal digits");
    for (int i = 0; i < 32; i++) {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return hb_fail(err, HB_INVALID_ARGUMENT, "a verifying key has 64 hexadecimal digits");
        k.bytes[i] = (uint8_t)(high << 4 | low);
    }
    *key = k;
    return HB_OK;
}

/* --- input -------------------------------------------------------------------------------------------------------------------------------- */

size_t hb_api_span_count(const hb_program *program, const hb_program_input *input)
{
    return program->package.kind == HB_PACKAGE_BYTECODE ? 1 : input ? input->n_chunks : 0;
}

hb_status hb_api_exec_options(const hb_program *program, const hb_program_input *input, const hb_zkvm_config *config, hb_rv_span *spans, hb_rv_exec_options *out,
                              hb_error *err)
{
    static const hb_program_input nothing;
    const hb_package_configuration *asked = &program->package.configuration;
    const bool bytecode = program->package.kind == HB_PACKAGE_BYTECODE;
    memset(out, 0, sizeof *out);
    if (input && input->size != sizeof *input)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the input has %zu bytes: it must begin with its size", input->size);
    input = input ? input : &nothing;
    if (bytecode && (input->n_chunks || input->n_args))
        return hb_fail(err, HB_INVALID_ARGUMENT, "a bytecode program takes one input, stdin_bytes, and no arguments");
    if (bytecode) {
        spans[0] = (hb_rv_span){input->stdin_bytes.bytes, input->stdin_bytes.n};
        out->inputs = spans;
        out->n_inputs = input->stdin_bytes.n ? 1 : 0;
        out->memory_limit = UINT64_C(8) << 30; /* its own limits are in its code */
        return HB_OK;
    }
    for (size_t i = 0; i < input->n_chunks; i++)
        spans[i] = (hb_rv_span){input->chunks[i].bytes, input->chunks[i].n};
    out->inputs = spans;
    out->n_inputs = input->n_chunks;
    out->stdin_bytes = (hb_rv_span){input->stdin_bytes.bytes, input->stdin_bytes.n};
    out->args = input->args;
    out->n_args = input->n_args;
    out->memory_limit = asked->memory_limit ? asked->memory_limit : config->max_memory_limit;
    out->stack_limit = asked->stack_limit ? asked->stack_limit : config->max_stack_limit;
    out->cycle_limit = asked->cycle_limit ? asked->cycle_limit : config->max_cycles;
    return HB_OK;
}

/* --- proving ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    hb_execution_result *result;
    const hb_callbacks *callbacks;
    bool bytecode, out_of_memory;
    hb_rv_trap trap;
} job_state;

static void executed(void *ctx, const hb_rv_report *report)
{
    job_state *j = ctx;
    hb_execution_result *r = j->result;
    r->exit_code = report->exit_code;
    r->cycles = report->cycles;
    r->gas = report->gas;
    j->trap = report->end == HB_RV_END_TRAP ? report->trap.reason : HB_TRAP_NONE;
    if (j->bytecode && report->public_values.len >= 8)
        r->gas = hb_load_le64(report->public_values.data + report->public_values.len - 8);
    j->out_of_memory = hb_buf_append(&r->public_values, report->public_values.data, report->public_values.len) != HB_OK ||
                       hb_buf_append(&r->out, report->stdout_bytes.data, report->stdout_bytes.len) != HB_OK ||
                       hb_buf_append(&r->err, report->stderr_bytes.data, report->stderr_bytes.len) != HB_OK ||
                       hb_buf_append(&r->writes, report->ledger_writes.data, report->ledger_writes.len) != HB_OK;
}

static hb_status put(void *ctx, const uint8_t *bytes, size_t n, hb_error *err)
{
    job_state *j = ctx;
    if (j->out_of_memory || hb_buf_append(&j->result->proof, bytes, n) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the result");
    return HB_OK;
}

static bool cancelled(void *ctx)
{
    const job_state *j = ctx;
    return j->callbacks->cancelled(j->callbacks->ctx) != 0;
}

static void progress(void *ctx, const char *phase, uint64_t done, uint64_t total)
{
    const job_state *j = ctx;
    j->callbacks->progress(j->callbacks->ctx, phase, done, total);
}

/* Traps that have a status of their own. */
static hb_status trap_status(hb_status st, hb_rv_trap trap)
{
    if (st != HB_EXECUTION_FAILED)
        return st;
    switch (trap) {
    case HB_TRAP_INVALID_INSTRUCTION: return HB_INVALID_INSTRUCTION;
    case HB_TRAP_STACK_OVERFLOW: return HB_STACK_LIMIT_EXCEEDED;
    case HB_TRAP_MEMORY_LIMIT: return HB_MEMORY_LIMIT_EXCEEDED;
    default: return st;
    }
}

hb_status hb_api_prove(const hb_proving_key *key, const hb_api_keys *keys, const hb_program_input *input, const hb_zkvm_config *config, const hb_callbacks *callbacks,
                       hb_execution_result *result, uint32_t *shards, hb_error *err)
{
    job_state state = {.result = result, .callbacks = callbacks, .bytecode = key->program->package.kind == HB_PACKAGE_BYTECODE};
    hb_rv_exec_options options;
    hb_job_result job;
    hb_rv_span *spans = malloc((hb_api_span_count(key->program, input) + 1) * sizeof *spans);
    hb_pool *pool = hb_pool_create(hb_api_threads(config));
    hb_status st = spans && pool ? hb_api_exec_options(key->program, input, config, spans, &options, err) : hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a proof");
    const hb_progress sink = {progress, &state};
    const hb_stop stop = {cancelled, &state};
    const hb_job_config how = {.limits = {0, hb_api_memory(config)}, .pool = pool, .progress = callbacks && callbacks->progress ? &sink : NULL,
                               .exec_timeout_s = (double)config->program_execution_timeout, .prove_timeout_s = (double)config->proof_generation_timeout,
                               .stop = callbacks && callbacks->cancelled ? &stop : NULL, .executed = executed, .put = put, .ctx = &state};
    if (st == HB_OK && keys) {
        options.keys = keys->keys;
        options.n_keys = keys->n;
    }
    if (st == HB_OK) {
        st = hb_job_prove(&key->key, &options, &how, &job, err);
        st = trap_status(st, state.trap);
    }
    if (err && st != HB_OK)
        err->status = st;
    if (st == HB_OK) {
        memcpy(result->vkey.bytes, key->key.vkey, 32);
        *shards = job.n_shards;
    }
    hb_pool_destroy(pool);
    free(spans);
    return st;
}

hb_status hb_prover_prove(const hb_proving_key *key, const hb_program_input *input, const hb_zkvm_config *config, const hb_callbacks *callbacks, hb_proof *proof,
                          hb_error *err)
{
    hb_zkvm_config c;
    hb_execution_result result;
    memset(&result, 0, sizeof result);
    if (!key || !proof)
        return hb_fail(err, HB_INVALID_ARGUMENT, "key or proof is NULL");
    memset(proof, 0, sizeof *proof);
    hb_status st = hb_api_config_take(&c, config, err);
    if (st == HB_OK)
        st = hb_api_prove(key, NULL, input, &c, callbacks, &result, &proof->shards, err);
    if (st == HB_OK && !(proof->bytes = malloc(result.proof.len)))
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the proof");
    if (st == HB_OK) {
        memcpy(proof->bytes, result.proof.data, result.proof.len);
        proof->n = result.proof.len;
        proof->exit_code = result.exit_code;
        proof->cycles = result.cycles;
    }
    hb_api_result_clear(&result);
    return st;
}

/* The machine's rules, recorded once for all calls of the process; never given back. */
static const hb_machine_airs *rules(hb_error *err)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static hb_machine_airs *airs;
    static void *memory;
    pthread_mutex_lock(&lock);
    if (!airs) {
        hb_machine_airs *a = malloc(sizeof *a);
        memory = a ? malloc(HB_MACHINE_AIRS_BYTES) : NULL;
        hb_scratch scratch = hb_scratch_of(memory, memory ? HB_MACHINE_AIRS_BYTES : 0);
        if (memory && hb_machine_airs_init(a, &scratch, err) == HB_OK)
            airs = a;
        else
            free(a);
    }
    const hb_machine_airs *found = airs;
    pthread_mutex_unlock(&lock);
    return found;
}

hb_status hb_prover_verify(const hb_verifying_key *key, const uint8_t *proof, size_t n, uint32_t exit_code, hb_chunk *public_values, hb_error *err)
{
    hb_error why = {0};
    if (!key || (!proof && n))
        return hb_fail(err, HB_INVALID_ARGUMENT, "key or proof is NULL");
    const hb_machine_airs *airs = rules(err);
    hb_proof_view *view = malloc(sizeof *view);
    void *scratch = malloc(HB_VERIFY_SCRATCH_BYTES);
    hb_status st = airs && view && scratch ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "no memory to verify");
    if (st == HB_OK) {
        hb_verify_request request = {.exit_code = exit_code};
        memcpy(request.vkey, key->bytes, 32);
        st = hb_machine_verify(airs, proof, n, &request, hb_scratch_of(scratch, HB_VERIFY_SCRATCH_BYTES), view, &why);
        if (st == HB_OK && public_values)
            *public_values = (hb_chunk){view->public_bytes, (size_t)view->n_public_bytes};
        if (st != HB_OK) {
            st = hb_fail(err, HB_PROOF_VERIFICATION_FAILED, "%s", why.message);
            if (err)
                err->reason = why.reason;
        }
    }
    free(scratch);
    free(view);
    return st;
}
