#include "tests/ledger/ledger_case.h"

#include <stdlib.h>

enum { TEXT = 48 };

void ledger_case_ok(hb_status st, const hb_error *err)
{
    if (st != HB_OK)
        fail_msg("%s: %s", hb_status_text(st), err->message);
}

void ledger_case_init(ledger_case *c, unsigned n)
{
    *c = (ledger_case){.n = n};
    strcpy(c->dir, "/tmp/hb_ledger_XXXXXX");
    assert_non_null(mkdtemp(c->dir));
}

void ledger_case_free(ledger_case *c)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", c->dir);
    assert_int_equal(system(command), 0);
}

hb_state_manager *ledger_case_create(const ledger_case *c, const hb_state_options *options)
{
    hb_state_manager *m;
    hb_error err = {0};
    ledger_case_ok(hb_state_manager_create(c->dir, NULL, options, &m, &err), &err);
    return m;
}

hb_state_manager *ledger_case_open(const ledger_case *c, const hb_state_options *options)
{
    hb_state_manager *m;
    hb_error err = {0};
    ledger_case_ok(hb_state_manager_open(c->dir, options, &m, &err), &err);
    return m;
}

/* What version v does to key i: 0 nothing, 1 put, 2 delete. */
static unsigned effect(uint64_t v, unsigned i)
{
    hb_test_rng rng = {v * 1000003 + i};
    const uint64_t draw = hb_test_below(&rng, 32);
    return draw < 4 ? 1 : draw == 4 ? 2 : 0;
}

static void key_of(uint8_t key[32], unsigned i)
{
    hb_ledger_key(key, "case", 4, &i, sizeof i);
}

static size_t text_of(uint64_t v, unsigned i, char text[TEXT])
{
    return (size_t)snprintf(text, TEXT, "version %llu key %u", (unsigned long long)v, i);
}

hb_status ledger_case_step(const ledger_case *c, hb_state_manager *m, uint64_t v, hb_error *err)
{
    hb_state_write *w = calloc(c->n, sizeof *w);
    char(*text)[TEXT] = calloc(c->n, TEXT);
    hb_state_change change = {.timestamp = v, .writes = w};
    uint64_t made = 0;
    for (unsigned i = 0; w && text && i < c->n; i++) {
        const unsigned what = effect(v, i);
        if (!what)
            continue;
        key_of(w[change.n_writes].key, i);
        if (what == 1) {
            w[change.n_writes].value_bytes = text_of(v, i, text[i]);
            w[change.n_writes].value = text[i];
        }
        change.n_writes++;
    }
    const hb_status st = w && text ? hb_state_put(m, &change, &made, err) : HB_OUT_OF_MEMORY;
    free(w);
    free(text);
    return st == HB_OK && made != v ? hb_fail(err, HB_INTERNAL, "version %llu was made instead of %llu", (unsigned long long)made, (unsigned long long)v) : st;
}

bool ledger_case_holds(const ledger_case *c, hb_state_manager *m, uint64_t v, hb_error *err)
{
    hb_buf value = {0};
    bool good = true;
    for (unsigned i = 0; good && i < c->n; i++) {
        uint8_t key[32];
        char text[TEXT];
        bool present;
        uint64_t by = v;
        size_t n = 0;
        while (by > 0 && effect(by, i) == 0)
            by--;
        if (by > 0 && effect(by, i) == 1)
            n = text_of(by, i, text);
        key_of(key, i);
        value.len = 0;
        good = hb_state_get(m, v, key, &present, &value, err) == HB_OK && present == (n > 0) && value.len == n && (n == 0 || memcmp(value.data, text, n) == 0);
    }
    hb_buf_free(&value);
    return good;
}
