/* hauptbuch state root, get, prove, history, export. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_files.h"
#include "cli/state_cli.h"

static const char *const kinds[] = {"genesis", "admin", "program"};

static void print_programs(const hb_state_commitment *c)
{
    hb_reader r = c->programs;
    hb_program_ref p;
    printf("[");
    for (int i = 0; hb_commitment_next_program(&r, &p); i++) {
        printf("%s{\"id\": ", i ? ", " : "");
        hb_state_cli_print_json(p.id.data, p.id.len);
        printf(", \"version\": ");
        hb_state_cli_print_json(p.version.data, p.version.len);
        printf(", \"uses_state\": %s, \"vkey\": \"", p.flags & HB_PROGRAM_USES_STATE ? "true" : "false");
        hb_state_cli_print_digest(p.vkey);
        printf("\"}");
    }
    printf("]");
}

static void print_metadata(const hb_state_commitment *c)
{
    hb_reader r = c->metadata;
    hb_text key, value;
    printf("{");
    for (int i = 0; hb_commitment_next_metadata(&r, &key, &value); i++) {
        printf("%s", i ? ", " : "");
        hb_state_cli_print_json(key.data, key.len);
        printf(": ");
        hb_state_cli_print_json(value.data, value.len);
    }
    printf("}");
}

static void print_version(const hb_state_commitment *c, bool json)
{
    if (!json) {
        printf("version %" PRIu64 " %s time %" PRIu64 " root ", c->version, kinds[c->kind], c->timestamp);
        hb_state_cli_print_digest(c->root);
        printf(" digest ");
        hb_state_cli_print_digest(c->digest);
        putchar('\n');
        return;
    }
    printf("{\"version\": %" PRIu64 ", \"kind\": \"%s\", \"timestamp\": %" PRIu64 ", \"root\": \"", c->version, kinds[c->kind], c->timestamp);
    hb_state_cli_print_digest(c->root);
    printf("\", \"digest\": \"");
    hb_state_cli_print_digest(c->digest);
    printf("\", \"parent_digest\": \"");
    hb_state_cli_print_digest(c->parent_digest);
    printf("\", \"receipt\": \"");
    hb_state_cli_print_digest(c->receipt);
    printf("\", \"programs\": ");
    print_programs(c);
    printf(", \"metadata\": ");
    print_metadata(c);
    puts("}");
}

int hb_state_cli_root(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_buf bytes = {0};
    hb_state_commitment c;
    hb_error err = {0};
    int status = hb_state_cli_open(a, true, &m);
    if (status)
        return status;
    hb_status st = hb_state_commitment_bytes(m, a->at, &bytes, &err);
    if (st == HB_OK)
        st = hb_state_commitment_parse(bytes.data, bytes.len, &c, &err);
    if (st == HB_OK)
        print_version(&c, a->json);
    else
        status = hb_state_cli_failed(a, st, &err);
    hb_buf_free(&bytes);
    hb_state_manager_close(m);
    return status;
}

static int bad_key(const char *text)
{
    hb_cli_complain("state", "'%s' is not a key: NAMESPACE:NAME, or 64 hexadecimal digits", text);
    return HB_EXIT_USAGE;
}

int hb_state_cli_get(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_buf value = {0};
    hb_error err = {0};
    uint8_t key[32];
    bool present;
    if (!hb_state_cli_key(a->rest[0], key))
        return bad_key(a->rest[0]);
    int status = hb_state_cli_open(a, true, &m);
    if (status)
        return status;
    const hb_status st = hb_state_get(m, a->at, key, &present, &value, &err);
    if (st != HB_OK) {
        status = hb_state_cli_failed(a, st, &err);
    } else if (!present) {
        hb_cli_complain("state", "there is no value for %s", a->rest[0]);
        status = HB_EXIT_NO;
    } else if (a->out) {
        status = hb_cli_write_file("state", a->out, value.data, value.len);
    } else if (fwrite(value.data, 1, value.len, stdout) != value.len || fflush(stdout)) {
        status = HB_EXIT_ENVIRONMENT;
    }
    hb_buf_free(&value);
    hb_state_manager_close(m);
    return status;
}

static int by_key(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static int prove_keys(const hb_state_cli *a, hb_state_manager *m, hb_buf *out)
{
    hb_error err = {0};
    const size_t n = (size_t)a->n_rest;
    uint8_t(*keys)[32] = calloc(n, 32);
    hb_status st = keys ? HB_OK : hb_fail(&err, HB_OUT_OF_MEMORY, "out of memory");
    for (size_t i = 0; st == HB_OK && i < n; i++)
        if (!hb_state_cli_key(a->rest[i], keys[i]))
            st = hb_fail(&err, HB_INVALID_ARGUMENT, "'%s' is not a key", a->rest[i]);
    if (st == HB_OK) {
        qsort(keys, n, 32, by_key);
        st = hb_state_prove(m, a->at, (const uint8_t(*)[32])keys, n, out, &err);
    }
    free(keys);
    return st == HB_OK ? 0 : hb_state_cli_failed(a, st, &err);
}

/* Names are text, or hex:... */
static int prove_witness(const hb_state_cli *a, hb_state_manager *m, hb_buf *out)
{
    hb_error err = {0};
    hb_buf bytes = {0};
    const size_t n = (size_t)a->n_rest;
    size_t *ends = calloc(n, sizeof *ends);
    hb_span *names = calloc(n, sizeof *names);
    hb_status st = ends && names ? HB_OK : hb_fail(&err, HB_OUT_OF_MEMORY, "out of memory");
    for (size_t i = 0; st == HB_OK && i < n; i++) {
        const bool hex = strncmp(a->rest[i], "hex:", 4) == 0;
        if (!(hex ? hb_state_cli_unhex(a->rest[i] + 4, &bytes) : hb_buf_append(&bytes, a->rest[i], strlen(a->rest[i])) == HB_OK))
            st = hb_fail(&err, HB_INVALID_ARGUMENT, "'%s' is not a name", a->rest[i]);
        ends[i] = bytes.len;
    }
    for (size_t i = 0; st == HB_OK && i < n; i++) {
        const size_t from = i ? ends[i - 1] : 0;
        names[i] = hb_span_of(bytes.data + from, ends[i] - from);
    }
    if (st == HB_OK)
        st = hb_state_witness(m, a->at, a->witness, names, n, out, &err);
    free(ends);
    free(names);
    hb_buf_free(&bytes);
    return st == HB_OK ? 0 : hb_state_cli_failed(a, st, &err);
}

int hb_state_cli_prove(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_buf out = {0};
    if (!a->out) {
        hb_cli_complain("state", "prove needs -o FILE");
        return HB_EXIT_USAGE;
    }
    int status = hb_state_cli_open(a, true, &m);
    if (!status)
        status = a->witness ? prove_witness(a, m, &out) : prove_keys(a, m, &out);
    if (!status)
        status = hb_cli_write_file("state", a->out, out.data, out.len);
    hb_buf_free(&out);
    hb_state_manager_close(m);
    return status;
}

static hb_status print_one(void *ctx, const hb_state_commitment *c, hb_span bytes, hb_error *err)
{
    const hb_state_cli *a = ctx;
    (void)bytes;
    (void)err;
    print_version(c, a->json);
    return HB_OK;
}

int hb_state_cli_history(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_buf chain = {0};
    hb_error err = {0};
    const uint64_t from = a->from == UINT64_MAX ? 0 : a->from;
    int status = hb_state_cli_open(a, true, &m);
    if (status)
        return status;
    const hb_status st = a->chain ? hb_state_chain_export(m, from, HB_STATE_LATEST, &chain, &err) : hb_state_history(m, from, HB_STATE_LATEST, print_one, a, &err);
    if (st != HB_OK)
        status = hb_state_cli_failed(a, st, &err);
    else if (a->chain)
        status = hb_cli_write_file("state", a->chain, chain.data, chain.len);
    hb_buf_free(&chain);
    hb_state_manager_close(m);
    return status;
}

static hb_status append(void *ctx, const void *data, size_t n, hb_error *err)
{
    return hb_buf_append(ctx, data, n) == HB_OK ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "out of memory");
}

int hb_state_cli_export(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_buf file = {0};
    hb_error err = {0};
    if (!a->out) {
        hb_cli_complain("state", "export needs -o FILE");
        return HB_EXIT_USAGE;
    }
    int status = hb_state_cli_open(a, true, &m);
    if (status)
        return status;
    const hb_status st = hb_state_export(m, a->at, append, &file, &err);
    status = st == HB_OK ? hb_cli_write_file("state", a->out, file.data, file.len) : hb_state_cli_failed(a, st, &err);
    hb_buf_free(&file);
    hb_state_manager_close(m);
    return status;
}
