/* hauptbuch state init, put, apply, import, rollback, prune. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/cli_files.h"
#include "cli/cli_program.h"
#include "cli/state_cli.h"

/* What becomes one administrative version. Values and texts are kept in buffers; the writes are made when those do not move any more. */
typedef struct collected {
    struct item {
        uint8_t key[32];
        bool put;
        size_t at, len; /* in values */
    } *items;
    size_t n, room;
    hb_buf values;
    hb_state_write *writes;
    hb_program_registration *programs;
    char **texts;
    size_t n_programs, n_texts;
    hb_metadata *metadata;
} collected;

static void drop(collected *c)
{
    for (size_t i = 0; i < c->n_texts; i++)
        free(c->texts[i]);
    free(c->texts);
    free(c->items);
    free(c->writes);
    free(c->programs);
    free(c->metadata);
    hb_buf_free(&c->values);
}

static int no_memory(void)
{
    hb_cli_complain("state", "out of memory");
    return HB_EXIT_ENVIRONMENT;
}

/* value NULL: a delete. */
static int add(collected *c, const char *key, const char *value)
{
    if (c->n == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        void *more = realloc(c->items, c->room * sizeof *c->items);
        if (!more)
            return no_memory();
        c->items = more;
    }
    struct item *item = &c->items[c->n++];
    *item = (struct item){.put = value != NULL, .at = c->values.len};
    if (!hb_state_cli_key(key, item->key)) {
        hb_cli_complain("state", "'%s' is not a key: NAMESPACE:NAME, or 64 hexadecimal digits", key);
        return HB_EXIT_USAGE;
    }
    const int status = value ? hb_state_cli_value(value, &c->values) : 0;
    item->len = c->values.len - item->at;
    return status;
}

/* Lines "KEY VALUE" (the value is the rest of the line), or "KEY" alone for a delete; empty lines and lines that begin with # are passed over. */
static int add_batch(collected *c, const char *path)
{
    hb_buf file = {0};
    int status = hb_cli_read_file("state", path, &file);
    if (!status && hb_buf_append_u8(&file, 0) != HB_OK)
        status = no_memory();
    char *line = (char *)file.data;
    for (unsigned number = 1; !status && *line; number++) {
        char *end = strchr(line, '\n'), *next = end ? end + 1 : line + strlen(line);
        if (end)
            *end = 0;
        char *space = strchr(line, ' ');
        if (space)
            *space = 0;
        if (*line && *line != '#')
            status = add(c, line, space ? space + 1 : NULL);
        if (status)
            hb_cli_complain("state", "%s:%u", path, number);
        line = next;
    }
    hb_buf_free(&file);
    return status;
}

/* ID@VERSION=PROG */
static int add_program(collected *c, const char *text, bool uses_state)
{
    char *copy = hb_cli_format("%s", text), *at = strchr(copy, '@'), *equal = at ? strchr(at, '=') : NULL;
    hb_program_registration *p = &c->programs[c->n_programs++];
    c->texts[c->n_texts++] = copy;
    if (!equal) {
        hb_cli_complain("state", "'%s' is not ID@VERSION=PROG", text);
        return HB_EXIT_USAGE;
    }
    *at = *equal = 0;
    *p = (hb_program_registration){.id = copy, .version = at + 1, .uses_state = uses_state};
    if (strncmp(equal + 1, "vkey:", 5) != 0)
        return hb_cli_program_vkey("state", equal + 1, p->vkey);
    if (hb_state_cli_digest(equal + 6, p->vkey))
        return 0;
    hb_cli_complain("state", "'%s' is not a verifying key", equal + 1);
    return HB_EXIT_USAGE;
}

/* KEY=VALUE texts. */
static int add_metadata(collected *c, const hb_state_cli *a)
{
    for (size_t i = 0; i < a->n_metadata; i++) {
        char *copy = hb_cli_format("%s", a->metadata[i]), *equal = strchr(copy, '=');
        c->texts[c->n_texts++] = copy;
        if (!equal) {
            hb_cli_complain("state", "'%s' is not KEY=VALUE", copy);
            return HB_EXIT_USAGE;
        }
        *equal = 0;
        c->metadata[i] = (hb_metadata){copy, equal + 1};
    }
    return 0;
}

static int collect(const hb_state_cli *a, collected *c)
{
    const size_t programs = a->n_programs + a->n_state_programs;
    c->programs = calloc(programs + 1, sizeof *c->programs);
    c->texts = calloc(programs + a->n_metadata + 1, sizeof *c->texts);
    c->metadata = calloc(a->n_metadata + 1, sizeof *c->metadata);
    if (!c->programs || !c->texts || !c->metadata)
        return no_memory();
    if (a->n_rest % 2) {
        hb_cli_complain("state", "%s takes pairs of KEY and VALUE", a->verb);
        return HB_EXIT_USAGE;
    }
    int status = 0;
    for (int i = 0; !status && i < a->n_rest; i += 2)
        status = add(c, a->rest[i], a->rest[i + 1]);
    for (size_t i = 0; !status && i < a->n_deletes; i++)
        status = add(c, a->deletes[i], NULL);
    if (!status && a->batch)
        status = add_batch(c, a->batch);
    for (size_t i = 0; !status && i < a->n_programs; i++)
        status = add_program(c, a->programs[i], false);
    for (size_t i = 0; !status && i < a->n_state_programs; i++)
        status = add_program(c, a->state_programs[i], true);
    return status ? status : add_metadata(c, a);
}

static uint64_t timestamp(const hb_state_cli *a)
{
    return a->has_timestamp ? a->timestamp : (uint64_t)time(NULL);
}

static int make_change(const hb_state_cli *a, collected *c, hb_state_change *change)
{
    const int status = collect(a, c);
    if (status)
        return status;
    c->writes = calloc(c->n + 1, sizeof *c->writes);
    if (!c->writes)
        return no_memory();
    for (size_t i = 0; i < c->n; i++) {
        const struct item *item = &c->items[i];
        memcpy(c->writes[i].key, item->key, 32);
        c->writes[i].value = item->put ? (item->len ? c->values.data + item->at : (const uint8_t *)"") : NULL;
        c->writes[i].value_bytes = item->len;
    }
    *change = (hb_state_change){.timestamp = timestamp(a), .writes = c->writes, .n_writes = c->n, .programs = c->programs, .n_programs = c->n_programs,
                                .metadata = c->metadata, .n_metadata = a->n_metadata};
    return 0;
}

static int say_version(const hb_state_cli *a, hb_state_manager *m, uint64_t version)
{
    uint8_t root[32];
    hb_error err = {0};
    const hb_status st = hb_state_root(m, version, root, &err);
    if (st != HB_OK)
        return hb_state_cli_failed(a, st, &err);
    printf("version %" PRIu64 " root ", version);
    hb_state_cli_print_digest(root);
    putchar('\n');
    return HB_EXIT_YES;
}

/* After a call that makes a version: says which, or what failed; closes the ledger. */
static int done(const hb_state_cli *a, hb_state_manager *m, hb_status st, uint64_t version, const hb_error *err)
{
    const int status = st == HB_OK ? say_version(a, m, version) : hb_state_cli_failed(a, st, err);
    hb_state_manager_close(m);
    return status;
}

int hb_state_cli_init(hb_state_cli *a)
{
    collected c = {0};
    hb_state_change change;
    hb_state_manager *m = NULL;
    hb_error err = {0};
    int status = make_change(a, &c, &change);
    if (!status) {
        const hb_status st = hb_state_manager_create(a->dir, &change, NULL, &m, &err);
        status = done(a, m, st, 0, &err);
    }
    drop(&c);
    return status;
}

int hb_state_cli_put(hb_state_cli *a)
{
    collected c = {0};
    hb_state_change change;
    hb_state_manager *m = NULL;
    hb_error err = {0};
    uint64_t version = 0;
    int status = make_change(a, &c, &change);
    if (!status)
        status = hb_state_cli_open(a, false, &m);
    if (!status) {
        const hb_status st = hb_state_put(m, &change, &version, &err);
        status = done(a, m, st, version, &err);
    }
    drop(&c);
    return status;
}

static int apply(const hb_state_cli *a, hb_state_manager *m, const hb_buf *proof, const hb_buf *writes, const collected *c)
{
    hb_error err = {0};
    uint64_t version = 0;
    char *id = hb_cli_format("%s", a->program), *at = strchr(id, '@');
    if (at)
        *at = 0;
    const hb_transition t = {.program = id, .program_version = at ? at + 1 : NULL, .base_version = a->base, .timestamp = timestamp(a),
                             .proof = {proof->data, proof->len}, .writes = {writes->data, writes->len}, .metadata = c->metadata, .n_metadata = a->n_metadata};
    const hb_status st = hb_state_update(m, &t, &version, &err);
    const int status = done(a, m, st, version, &err);
    free(id);
    return status;
}

int hb_state_cli_apply(hb_state_cli *a)
{
    hb_buf proof = {0}, writes = {0};
    collected c = {0};
    hb_state_manager *m = NULL;
    int status = 0;
    if (!a->program || !a->proof || a->n_programs != 1) {
        hb_cli_complain("state", "apply needs --program ID (or ID@VERSION) and --proof FILE");
        return HB_EXIT_USAGE;
    }
    c.texts = calloc(a->n_metadata + 1, sizeof *c.texts);
    c.metadata = calloc(a->n_metadata + 1, sizeof *c.metadata);
    status = c.texts && c.metadata ? add_metadata(&c, a) : no_memory();
    if (!status)
        status = hb_cli_read_file("state", a->proof, &proof);
    if (!status && a->writes)
        status = hb_cli_read_file("state", a->writes, &writes);
    if (!status)
        status = hb_state_cli_open(a, false, &m);
    if (!status)
        status = apply(a, m, &proof, &writes, &c);
    hb_buf_free(&proof);
    hb_buf_free(&writes);
    drop(&c);
    return status;
}

int hb_state_cli_import(hb_state_cli *a)
{
    hb_buf file = {0};
    hb_state_manager *m = NULL;
    hb_error err = {0};
    uint64_t version = 0;
    int status = hb_cli_read_file("state", a->rest[0], &file);
    if (!status)
        status = hb_state_cli_open(a, false, &m);
    if (!status) {
        const hb_status st = hb_state_import(m, file.data, file.len, timestamp(a), &version, &err);
        status = done(a, m, st, version, &err);
    }
    hb_buf_free(&file);
    return status;
}

int hb_state_cli_rollback(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_error err = {0};
    uint64_t version = 0;
    if (a->at == HB_STATE_LATEST) {
        hb_cli_complain("state", "rollback needs --at VERSION");
        return HB_EXIT_USAGE;
    }
    const int status = hb_state_cli_open(a, false, &m);
    if (status)
        return status;
    const hb_status st = hb_state_rollback_to(m, a->at, timestamp(a), &version, &err);
    return done(a, m, st, version, &err);
}

int hb_state_cli_prune(hb_state_cli *a)
{
    hb_state_manager *m = NULL;
    hb_error err = {0};
    if (a->from == UINT64_MAX) {
        hb_cli_complain("state", "prune needs --from VERSION, the oldest version to keep");
        return HB_EXIT_USAGE;
    }
    int status = hb_state_cli_open(a, false, &m);
    if (status)
        return status;
    const hb_status st = hb_state_prune(m, a->from, &err);
    status = st == HB_OK ? HB_EXIT_YES : hb_state_cli_failed(a, st, &err);
    hb_state_manager_close(m);
    return status;
}
