/* Reports: contents as text and as JSON lines, escaping of hostile guest text, and that the JSON is JSON (a checker in few lines). */
#include "rv/rv_test_util.h"
#include "rv/rvreport.h"

/* Parses one JSON value at *p, moving it behind; false when it is none. */
static bool json_value(const char **p);

static bool json_text(const char **p)
{
    if (*(*p)++ != '"')
        return false;
    for (; **p != '"'; (*p)++) {
        if ((unsigned char)**p < 0x20)
            return false;
        if (**p == '\\') {
            (*p)++;
            if (**p == 'u') {
                for (int k = 0; k < 4; k++)
                    if (!strchr("0123456789abcdef", *++*p) || !**p)
                        return false;
            } else if (!strchr("\"\\/bfnrt", **p) || !**p) {
                return false;
            }
        }
    }
    (*p)++;
    return true;
}

static bool json_list(const char **p, char close, bool pairs)
{
    (*p)++;
    if (**p == close)
        return (*p)++, true;
    for (;;) {
        if (pairs && (!json_text(p) || *(*p)++ != ':'))
            return false;
        if (!json_value(p))
            return false;
        if (**p == close)
            return (*p)++, true;
        if (*(*p)++ != ',')
            return false;
    }
}

static bool json_value(const char **p)
{
    if (**p == '{')
        return json_list(p, '}', true);
    if (**p == '[')
        return json_list(p, ']', false);
    if (**p == '"')
        return json_text(p);
    if (strncmp(*p, "null", 4) == 0)
        return *p += 4, true;
    const char *start = *p;
    while (**p >= '0' && **p <= '9')
        (*p)++;
    return *p > start;
}

static void assert_json_lines(const hb_buf *b)
{
    char *text = test_malloc(b->len + 1);
    memcpy(text, b->data, b->len);
    text[b->len] = 0;
    for (const char *p = text; *p;) {
        const char *line = p;
        if (!json_value(&p) || *p++ != '\n')
            fail_msg("no JSON: %.200s", line);
    }
    test_free(text);
}

static bool contains(const hb_buf *b, const char *text)
{
    return memmem(b->data, b->len, text, strlen(text)) != NULL;
}

static void write_bytes(hb_rvasm *a, uint64_t fd, const char *bytes, size_t n)
{
    hb_rvasm_li(a, 10, fd);
    hb_rvasm_li(a, 11, hb_rvasm_bytes(a, bytes, n));
    hb_rvasm_li(a, 12, n);
    hb_rvasm_call(a, 2);
}

static void a_run_that_halts(void **state)
{
    (void)state;
    static const char nasty[] = "quote \" back \\ tab \t nul \0 utf \xc3\xa4 \xe2\x82\xac \xf0\x9f\x8e\x89 bad \xff\xc3 \xc0\x80 \xed\xa0\x80\n";
    static const char region[] = "cycle-tracker-start: a \"b\"\ncycle-tracker-end: a \"b\"\n";
    hb_rvasm *a = new_asm();
    write_bytes(a, 1, nasty, sizeof nasty - 1);
    write_bytes(a, 1, region, sizeof region - 1);
    write_bytes(a, 13, "\1\xab", 2);
    hb_rvasm_op(a, HB_OP_MULHU, 3, 3, 3, 0);
    hb_rvasm_halt(a, 5);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    hb_buf json = {0}, text = {0};
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    assert_int_equal(hb_rv_report_json(hb_rv_run_report(run), &json), HB_OK);
    assert_int_equal(hb_rv_report_text(hb_rv_run_report(run), &text), HB_OK);
    assert_json_lines(&json);
    assert_true(contains(&json, "\"end\":\"halt\",\"exit_code\":5,"));
    assert_true(contains(&json, "\"bytes\":\"01ab\""));
    assert_true(contains(&json, "{\"record\":\"operation\",\"name\":\"mulhu\",\"count\":1}\n"));
    assert_true(contains(&json, "{\"record\":\"call\",\"name\":\"WRITE\",\"number\":2,\"count\":3}\n"));
    assert_true(contains(&json, "\"name\":\"a \\\"b\\\"\",\"entered\":1"));
    assert_true(contains(&json, "quote \\\" back \\\\ tab \\u0009 nul \\u0000 utf \xc3\xa4 \xe2\x82\xac \xf0\x9f\x8e\x89 bad \xef\xbf\xbd\xef\xbf\xbd "
                                "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\u000a"));
    assert_false(contains(&json, "\"trap\""));
    assert_true(contains(&text, "end            halt, exit code 5\n"));
    assert_true(contains(&text, "  mulhu "));
    assert_true(contains(&text, "  WRITE "));
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
    hb_buf_free(&json);
    hb_buf_free(&text);
}

static void a_run_that_traps(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    write_bytes(a, 2, "thread 'main' panicked\n", 23);
    hb_rvasm_op(a, HB_OP_LD, 3, 0, 0, 16);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    hb_buf json = {0}, text = {0};
    assert_int_equal(run_both(&p, NULL, &run), HB_EXECUTION_FAILED);
    assert_int_equal(hb_rv_report_json(hb_rv_run_report(run), &json), HB_OK);
    assert_int_equal(hb_rv_report_text(hb_rv_run_report(run), &text), HB_OK);
    assert_json_lines(&json);
    assert_true(contains(&json, "{\"record\":\"trap\",\"reason\":\"access below 0x10000 (null pointer)\",\"pc\":\"0x78000014\",\"address\":\"0x10\","));
    assert_true(contains(&json, "\"function\":null,\"offset\":0,\"stderr\":\"thread 'main' panicked\\u000a\"}"));
    assert_true(contains(&text, "trap           access below 0x10000 (null pointer)\n  pc           0x78000014  ld gp, 16(zero)\n  address      0x10\n"));
    assert_true(contains(&text, "thread 'main' panicked"));
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
    hb_buf_free(&json);
    hb_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_run_that_halts), cmocka_unit_test(a_run_that_traps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
