#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/handles.h"

/* One row a field: what every source of settings needs to know. */
typedef enum { SIZE, COUNT, SWITCH } field_type;
static const struct {
    const char *name, *variable;
    field_type type;
    size_t offset;
    uint64_t standard;
} fields[] = {
#define FIELD(name, variable, type, standard) {#name, variable, type, offsetof(hb_zkvm_config, name), standard}
    FIELD(max_memory_limit, "HB_MAX_MEMORY_LIMIT", SIZE, UINT64_C(1) << 30),
    FIELD(max_stack_limit, "HB_MAX_STACK_LIMIT", SIZE, UINT64_C(1) << 20),
    FIELD(program_execution_timeout, "HB_PROGRAM_EXECUTION_TIMEOUT", COUNT, 300),
    FIELD(proof_generation_timeout, "HB_PROOF_GENERATION_TIMEOUT", COUNT, 600),
    FIELD(enable_proof_aggregation, "HB_ENABLE_PROOF_AGGREGATION", SWITCH, 1),
    FIELD(enable_state_caching, "HB_ENABLE_STATE_CACHING", SWITCH, 1),
    FIELD(enable_parallel_execution, "HB_ENABLE_PARALLEL_EXECUTION", SWITCH, 1),
    FIELD(max_cycles, "HB_MAX_CYCLES", COUNT, 0),
    FIELD(max_gas, "HB_MAX_GAS", COUNT, 0),
    FIELD(proving_memory, "HB_PROVING_MEMORY", SIZE, 0),
    FIELD(threads, "HB_THREADS", COUNT, 0),
    FIELD(cache_entries, "HB_CACHE_ENTRIES", COUNT, 64),
#undef FIELD
};
#define N_FIELDS (sizeof fields / sizeof *fields)

static void set(hb_zkvm_config *c, size_t i, uint64_t value)
{
    uint8_t *at = (uint8_t *)c + fields[i].offset;
    const int flag = value != 0;
    if (fields[i].type == SWITCH)
        memcpy(at, &flag, sizeof flag);
    else
        memcpy(at, &value, sizeof value);
}

static void set_defaults(hb_zkvm_config *c)
{
    memset(c, 0, sizeof *c);
    c->size = sizeof *c;
    for (size_t i = 0; i < N_FIELDS; i++)
        set(c, i, fields[i].standard);
}

/* 12, 12K, 12M, 12G; a switch: 0, 1, true, false. */
static bool parse(const char *text, field_type type, uint64_t *out)
{
    char *end;
    if (type == SWITCH && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        *out = text[0] == 't';
        return true;
    }
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    const unsigned long long n = strtoull(text, &end, 10);
    unsigned shift = 0;
    if (type == SIZE && *end)
        shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 99, end++;
    if (errno || *end || shift == 99 || (shift && n >> (64 - shift)) || (type == SWITCH && n > 1))
        return false;
    *out = (uint64_t)n << shift;
    return true;
}

static hb_status take_member(hb_zkvm_config *c, const char *path, const char *name, const json_t *value, hb_error *err)
{
    uint64_t n = 0;
    for (size_t i = 0; i < N_FIELDS; i++) {
        if (strcmp(name, fields[i].name) != 0)
            continue;
        bool good = false;
        if (json_is_string(value))
            good = fields[i].type == SIZE && parse(json_string_value(value), SIZE, &n);
        else if (json_is_boolean(value))
            good = fields[i].type == SWITCH, n = json_is_true(value);
        else if (json_is_integer(value))
            good = fields[i].type != SWITCH && json_integer_value(value) >= 0, n = (uint64_t)json_integer_value(value);
        if (!good)
            return hb_fail(err, HB_INVALID_ARGUMENT, "%s: not a good value for %s", path, name);
        set(c, i, n);
        return HB_OK;
    }
    return hb_fail(err, HB_INVALID_ARGUMENT, "%s: there is no setting '%.80s'", path, name);
}

static hb_status take_file(hb_zkvm_config *c, const char *path, hb_error *err)
{
    json_error_t why;
    FILE *f = fopen(path, "rb");
    if (!f)
        return hb_fail(err, HB_IO, "cannot open '%s': %s", path, strerror(errno));
    json_t *root = json_loadf(f, JSON_REJECT_DUPLICATES, &why);
    fclose(f);
    if (!json_is_object(root)) {
        json_decref(root);
        return hb_fail(err, HB_INVALID_ARGUMENT, "%s: %s (line %d)", path, root ? "not an object" : why.text, why.line);
    }
    hb_status st = HB_OK;
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
        if (st == HB_OK)
            st = take_member(c, path, name, value, err);
    json_decref(root);
    return st;
}

static hb_status take_environment(hb_zkvm_config *c, hb_error *err)
{
    for (size_t i = 0; i < N_FIELDS; i++) {
        uint64_t n;
        const char *text = getenv(fields[i].variable);
        if (!text)
            continue;
        if (!parse(text, fields[i].type, &n))
            return hb_fail(err, HB_INVALID_ARGUMENT, "'%.80s' is not a good value for %s", text, fields[i].variable);
        set(c, i, n);
    }
    return HB_OK;
}

hb_status hb_zkvm_config_init(hb_zkvm_config *config, const char *json_path, hb_error *err)
{
    if (!config)
        return hb_fail(err, HB_INVALID_ARGUMENT, "config is NULL");
    set_defaults(config);
    hb_zkvm_config c = *config;
    hb_status st = json_path ? take_file(&c, json_path, err) : HB_OK;
    if (st == HB_OK)
        st = take_environment(&c, err);
    if (st == HB_OK)
        *config = c;
    return st;
}

hb_status hb_api_config_take(hb_zkvm_config *out, const hb_zkvm_config *config, hb_error *err)
{
    set_defaults(out);
    if (!config)
        return HB_OK;
    if (config->size < offsetof(hb_zkvm_config, max_cycles) || config->size > sizeof *config)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the configuration has %zu bytes: it must begin with its size (hb_zkvm_config_init)", config->size);
    memcpy(out, config, config->size);
    out->size = sizeof *out;
    return HB_OK;
}

unsigned hb_api_threads(const hb_zkvm_config *config)
{
    if (!config->enable_parallel_execution)
        return 1;
    const long there = sysconf(_SC_NPROCESSORS_ONLN);
    const uint64_t n = config->threads ? config->threads : there > 0 ? (uint64_t)there : 1;
    return n > 256 ? 256 : (unsigned)n;
}

size_t hb_api_memory(const hb_zkvm_config *config)
{
    return config->proving_memory ? (size_t)config->proving_memory : hb_job_default_memory();
}
