#include "program/package_resolve.h"

#include <string.h>

#include "program/semver.h"

/* The best version so far. */
typedef struct choice {
    hb_semver_requirement requirement;
    hb_semver wanted, best;
    bool has_wanted, has_best, seen;
    char text[HB_PACKAGE_VERSION_MAX + 1];
} choice;

static void consider(void *ctx, const char *version)
{
    choice *c = ctx;
    hb_semver v;
    c->seen = true;
    if (strlen(version) > HB_PACKAGE_VERSION_MAX || hb_semver_parse(&v, version))
        return;
    /* The wanted version satisfies the requirement: that was checked when the dependency was added. */
    bool fits = c->has_wanted ? hb_semver_compare(&v, &c->wanted) == 0 : hb_semver_satisfies(&v, &c->requirement);
    if (!fits || (c->has_best && hb_semver_compare(&v, &c->best) <= 0))
        return;
    c->best = v;
    c->has_best = true;
    memcpy(c->text, version, strlen(version) + 1);
}

static hb_status failed(hb_error *err, const hb_package_dependency *d, const char *why)
{
    hb_status st = HB_DEPENDENCY_RESOLUTION_FAILED;
    const char *what = d->version[0] ? d->version : d->requirement[0] ? d->requirement : "*";
    return hb_fail(err, st, "%s: '%s' %.30s: %.120s", hb_status_text(st), d->id, what, why);
}

static hb_status resolve_one(hb_package_resolved *out, const hb_package_dependency *d, const hb_package_registry *r, hb_error *err)
{
    choice c = {.text = ""};
    hb_error why = {.message = ""};
    *out = (hb_package_resolved){.dependency = d};
    if (!r)
        return failed(err, d, "there is no registry of programs");
    /* Both were checked when the dependency was added. */
    if (d->requirement[0] && hb_semver_requirement_parse(&c.requirement, d->requirement))
        return failed(err, d, "the requirement is malformed");
    c.has_wanted = d->version[0] && !hb_semver_parse(&c.wanted, d->version);
    if (r->versions(r->ctx, d->id, consider, &c, &why) != HB_OK)
        return failed(err, d, why.message);
    if (!c.has_best)
        return failed(err, d, c.seen ? "no version satisfies the requirement" : "there is no such program");
    if (r->key(r->ctx, d->id, c.text, out->vkey, &why) != HB_OK)
        return failed(err, d, why.message);
    memcpy(out->version, c.text, sizeof out->version);
    return HB_OK;
}

hb_status hb_package_resolve(hb_package_resolved *out, size_t *n, const hb_package *p, const hb_package_registry *registry, hb_error *err)
{
    *n = 0;
    for (size_t k = 0; k < hb_package_dependency_count(p); k++) {
        const hb_package_dependency *d = hb_package_dependency_at(p, k);
        if (d->kind != HB_DEPENDENCY_PROGRAM)
            continue;
        hb_status st = resolve_one(&out[*n], d, registry, err);
        if (st != HB_OK)
            return st;
        ++*n;
    }
    return HB_OK;
}
