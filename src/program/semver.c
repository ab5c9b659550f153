#include "program/semver.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_identifier_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* A number from *p on, which moves behind it. */
static const char *take_number(const char **p, uint64_t *out)
{
    const char *start = *p;
    uint64_t v = 0;
    while (is_digit(**p)) {
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(**p - '0'), &v))
            return "a number does not fit into 64 bits";
        ++*p;
    }
    if (*p == start)
        return "a number is missing";
    if (*start == '0' && *p > start + 1)
        return "a number has leading zeros";
    *out = v;
    return NULL;
}

/* Identifiers with dots between, from *p on; out NULL: build metadata, whose numbers may have leading zeros. */
static const char *take_identifiers(const char **p, char *out)
{
    const char *start = *p;
    for (;; ++*p) {
        const char *identifier = *p;
        bool numeric = true;
        for (; is_identifier_char(**p); ++*p)
            numeric = numeric && is_digit(**p);
        if (*p == identifier)
            return "an identifier is missing";
        if (out && numeric && *identifier == '0' && *p > identifier + 1)
            return "a number has leading zeros";
        if (**p != '.')
            break;
    }
    if ((size_t)(*p - start) > HB_SEMVER_TEXT_MAX)
        return "a version is too long";
    if (out) {
        memcpy(out, start, (size_t)(*p - start));
        out[*p - start] = '\0';
    }
    return NULL;
}

/* "-pre-release" and "+build" behind three numbers. */
static const char *take_suffixes(const char **p, hb_semver *v)
{
    const char *wrong = NULL;
    if (**p == '-') {
        ++*p;
        wrong = take_identifiers(p, v->pre);
    }
    if (!wrong && **p == '+') {
        ++*p;
        wrong = take_identifiers(p, NULL);
    }
    return wrong;
}

const char *hb_semver_parse(hb_semver *out, const char *text)
{
    uint64_t numbers[3];
    const char *p = text;
    *out = (hb_semver){0};
    if (strlen(text) > HB_SEMVER_TEXT_MAX)
        return "a version is too long";
    for (unsigned k = 0; k < 3; k++) {
        if (k && *p++ != '.')
            return "a version has three numbers with dots between";
        const char *wrong = take_number(&p, &numbers[k]);
        if (wrong)
            return wrong;
    }
    out->major = numbers[0], out->minor = numbers[1], out->patch = numbers[2];
    const char *wrong = take_suffixes(&p, out);
    return wrong ? wrong : *p ? "something follows the version" : NULL;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* One identifier each of two pre-releases: numbers by value (they have no leading zeros: by length, then digits) before words by bytes. */
static int compare_identifiers(const char *a, size_t n, const char *b, size_t m)
{
    bool a_number = strspn(a, "0123456789") >= n, b_number = strspn(b, "0123456789") >= m;
    if (a_number != b_number)
        return a_number ? -1 : 1;
    if (a_number && n != m)
        return n < m ? -1 : 1;
    int order = memcmp(a, b, n < m ? n : m);
    return order ? order : compare_numbers(n, m);
}

/* Of two pre-releases of the same numbers; a release comes after all of them. */
static int compare_pre(const char *a, const char *b)
{
    if (!*a || !*b)
        return (*a == '\0') - (*b == '\0');
    for (;;) {
        size_t n = strcspn(a, "."), m = strcspn(b, ".");
        int order = compare_identifiers(a, n, b, m);
        if (order)
            return order;
        a += n, b += m;
        if (!*a || !*b)
            return (*a != '\0') - (*b != '\0'); /* the longer list is later */
        a++, b++;
    }
}

static int compare_three(const hb_semver *a, const hb_semver *b)
{
    int order = compare_numbers(a->major, b->major);
    order = order ? order : compare_numbers(a->minor, b->minor);
    return order ? order : compare_numbers(a->patch, b->patch);
}

int hb_semver_compare(const hb_semver *a, const hb_semver *b)
{
    int order = compare_three(a, b);
    return order ? order : compare_pre(a->pre, b->pre);
}

typedef enum operation { CARET, TILDE, EXACT, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL } operation;

/* A comparator as written: how many of its numbers are given. */
typedef struct written {
    operation op;
    unsigned given;
    hb_semver v;
} written;

/* The first version whose numbers no longer agree with the first `kept` of v; not set when there is none. */
static hb_semver_bound behind(const hb_semver *v, unsigned kept)
{
    hb_semver_bound b = {.set = true, .by_numbers = true};
    b.at.major = v->major, b.at.minor = kept > 1 ? v->minor : 0, b.at.patch = kept > 2 ? v->patch : 0;
    if (kept == 3 && ++b.at.patch == 0)
        kept = 2;
    if (kept == 2 && ++b.at.minor == 0)
        kept = 1;
    if (kept == 1 && ++b.at.major == 0)
        b.set = false;
    return b;
}

static void set_below(hb_semver_comparator *c, hb_semver_bound limit)
{
    c->high = limit;
    c->high.open = true;
}

/* How many leading numbers ^ keeps. */
static unsigned caret_keeps(const written *w)
{
    return w->v.major || w->given == 1 ? 1 : w->v.minor || w->given == 2 ? 2 : 3;
}

static hb_semver_comparator comparator_of(const written *w)
{
    const hb_semver_bound here = {.at = w->v, .set = true};
    bool whole = w->given == 3;
    hb_semver_comparator c = {.named = w->v};
    switch (w->op) {
    case CARET:
        c.low = here;
        set_below(&c, behind(&w->v, caret_keeps(w)));
        break;
    case TILDE:
        c.low = here;
        set_below(&c, behind(&w->v, w->given == 1 ? 1 : 2));
        break;
    case EXACT:
        c.low = here;
        if (whole)
            c.high = here;
        else
            set_below(&c, behind(&w->v, w->given));
        break;
    case GREATER:
        c.low = whole ? here : behind(&w->v, w->given);
        c.low.open = whole;
        if (!c.low.set) /* above all numbers there is nothing: an empty range */
            c.low = c.high = (hb_semver_bound){.at = w->v, .set = true, .open = true};
        break;
    case GREATER_EQUAL: c.low = here; break;
    case LESS:
        set_below(&c, here);
        c.high.by_numbers = !whole;
        break;
    case LESS_EQUAL:
        if (whole)
            c.high = here;
        else
            set_below(&c, behind(&w->v, w->given));
        break;
    }
    return c;
}

static void skip_blanks(const char **p)
{
    while (**p == ' ' || **p == '\t')
        ++*p;
}

static operation take_operation(const char **p)
{
    static const struct {
        const char *text;
        operation op;
    } table[] = {{">=", GREATER_EQUAL}, {"<=", LESS_EQUAL}, {">", GREATER}, {"<", LESS}, {"=", EXACT}, {"^", CARET}, {"~", TILDE}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        if (strncmp(*p, table[k].text, strlen(table[k].text)) == 0) {
            *p += strlen(table[k].text);
            return table[k].op;
        }
    return CARET;
}

/* One comparator from *p on. */
static const char *take_comparator(const char **p, hb_semver_comparator *out)
{
    written w = {.op = CARET};
    const char *start = *p;
    w.op = take_operation(p);
    bool bare = *p == start;
    uint64_t numbers[3] = {0};
    skip_blanks(p);
    for (; w.given < 3; w.given++) {
        if (w.given && **p != '.')
            break;
        *p += w.given > 0;
        if (w.given && **p == '*') { /* "1.*": what begins so */
            for (++*p; (*p)[0] == '.' && (*p)[1] == '*'; *p += 2)
                ;
            w.op = bare ? EXACT : w.op;
            break;
        }
        const char *wrong = take_number(p, &numbers[w.given]);
        if (wrong)
            return wrong;
    }
    w.v.major = numbers[0], w.v.minor = numbers[1], w.v.patch = numbers[2];
    const char *wrong = w.given == 3 ? take_suffixes(p, &w.v) : NULL;
    *out = comparator_of(&w);
    return wrong;
}

const char *hb_semver_requirement_parse(hb_semver_requirement *out, const char *text)
{
    const char *p = text;
    out->n = 0;
    if (strlen(text) > HB_SEMVER_TEXT_MAX)
        return "a requirement is too long";
    skip_blanks(&p);
    if (*p == '*') {
        p++;
        skip_blanks(&p);
        return *p ? "'*' stands alone" : NULL;
    }
    for (;;) {
        if (out->n == HB_SEMVER_COMPARATORS_MAX)
            return "a requirement has too many parts";
        const char *wrong = take_comparator(&p, &out->comparators[out->n]);
        if (wrong)
            return wrong;
        out->n++;
        skip_blanks(&p);
        if (!*p)
            return NULL;
        if (*p++ != ',')
            return "a comma is missing between two parts";
        skip_blanks(&p);
    }
}

static bool is_inside(const hb_semver *v, const hb_semver_comparator *c)
{
    const hb_semver_bound *l = &c->low, *h = &c->high;
    int low = !l->set ? 1 : l->by_numbers ? compare_three(v, &l->at) : hb_semver_compare(v, &l->at);
    int high = !h->set ? -1 : h->by_numbers ? compare_three(v, &h->at) : hb_semver_compare(v, &h->at);
    return low >= l->open && high <= -(int)h->open;
}

bool hb_semver_satisfies(const hb_semver *v, const hb_semver_requirement *r)
{
    bool pre_allowed = !v->pre[0];
    for (size_t k = 0; k < r->n; k++) {
        const hb_semver_comparator *c = &r->comparators[k];
        if (!is_inside(v, c))
            return false;
        pre_allowed = pre_allowed || (c->named.pre[0] && compare_three(v, &c->named) == 0);
    }
    return pre_allowed;
}
