/* Semantic versions, and requirements on them as Cargo writes them.
 *
 *   version      = number "." number "." number [ "-" pre-release ] [ "+" build ]       semver.org 2.0.0; build says nothing about order and is dropped
 *   requirement  = comparator { "," comparator } | "*"                                  all comparators must hold
 *   comparator   = [ "=" | "^" | "~" | ">=" | ">" | "<=" | "<" ] number [ "." number [ "." number [ "-" pre-release ] ] ]
 *                  the last given number may be "*" ("1.*"); blanks are allowed between the parts; without an operator: "^"
 *
 * Meaning, as in the Cargo book ("Specifying Dependencies"): ^ keeps the leftmost number that is not zero, ~ the minor number (or the major one if only that
 * is given), = with fewer than three numbers any version that begins so. A pre-release version satisfies a requirement only if one of its
 * comparators names a pre-release of the same three numbers. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_SEMVER_TEXT_MAX 127u
#define HB_SEMVER_COMPARATORS_MAX 16u

typedef struct hb_semver {
    uint64_t major, minor, patch;
    char pre[HB_SEMVER_TEXT_MAX + 1]; /* "" for a release */
} hb_semver;

/* Versions between two bounds. A bound "by numbers" compares major, minor and patch only. */
typedef struct hb_semver_bound {
    hb_semver at;
    bool set, open, by_numbers;
} hb_semver_bound;

typedef struct hb_semver_comparator {
    hb_semver_bound low, high;
    hb_semver named; /* what was written, missing numbers 0 */
} hb_semver_comparator;

typedef struct hb_semver_requirement {
    hb_semver_comparator comparators[HB_SEMVER_COMPARATORS_MAX];
    size_t n; /* 0: "*" */
} hb_semver_requirement;

/* NULL, or what is wrong with the text (a constant string). */
const char *hb_semver_parse(hb_semver *out, const char *text);
const char *hb_semver_requirement_parse(hb_semver_requirement *out, const char *text);

/* Precedence: negative, 0, positive. */
int hb_semver_compare(const hb_semver *a, const hb_semver *b);

bool hb_semver_satisfies(const hb_semver *version, const hb_semver_requirement *requirement);
