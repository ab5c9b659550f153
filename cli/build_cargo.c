/* What cargo says about a Rust program, as the description of its package: `cargo metadata` for everything but the checksums, which stand in Cargo.lock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/build_describe.h"
#include "cli/cli.h"
#include "program/semver.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Does the package have a binary of this name? */
static bool has_program(const json_t *package, const char *program)
{
    const json_t *targets = json_object_get(package, "targets");
    for (size_t i = 0; i < json_array_size(targets); i++) {
        const json_t *target = json_array_get(targets, i), *kinds = json_object_get(target, "kind");
        const char *name = text_of(target, "name"), *kind = json_string_value(json_array_get(kinds, 0));
        if (name && kind && strcmp(kind, "bin") == 0 && strcmp(name, program) == 0)
            return true;
    }
    return false;
}

/* The element of metadata's list `key` whose id this is. */
static const json_t *find_by_id(const json_t *list, const char *id)
{
    for (size_t i = 0; id && i < json_array_size(list); i++) {
        const char *other = text_of(json_array_get(list, i), "id");
        if (other && strcmp(other, id) == 0)
            return json_array_get(list, i);
    }
    return NULL;
}

/* The package of the program: the one cargo stands in, or another of the workspace. */
static const json_t *find_package(const json_t *metadata, const char *program)
{
    const json_t *packages = json_object_get(metadata, "packages"), *members = json_object_get(metadata, "workspace_members");
    const json_t *root = find_by_id(packages, text_of(json_object_get(metadata, "resolve"), "root"));
    if (root && has_program(root, program))
        return root;
    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *package = find_by_id(packages, json_string_value(json_array_get(members, i)));
        if (package && has_program(package, program))
            return package;
    }
    return NULL;
}

/* The value of `key = "value"`, if the line is that. */
static bool take_value(const char *line, size_t n, const char *key, char *out, size_t capacity)
{
    size_t k = strlen(key);
    if (n < k + 5 || strncmp(line, key, k) != 0 || strncmp(line + k, " = \"", 4) != 0 || line[n - 1] != '"' || n - k - 5 >= capacity)
        return false;
    memcpy(out, line + k + 4, n - k - 5);
    out[n - k - 5] = '\0';
    return true;
}

/* Cargo.lock is written by cargo, one field a line, in the order name, version, source, checksum. */
static void find_checksum(hb_package_dependency *d, const char *lock, const char *name)
{
    char value[256], checksum[65] = "";
    bool same_name = false, same_version = false;
    for (const char *line = lock; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        size_t n = strcspn(line, "\r\n");
        if (strncmp(line, "[[package]]", 11) == 0)
            same_name = same_version = false;
        else if (take_value(line, n, "name", value, sizeof value))
            same_name = strcmp(value, name) == 0;
        else if (take_value(line, n, "version", value, sizeof value))
            same_version = strcmp(value, d->version) == 0;
        else if (same_name && same_version && take_value(line, n, "checksum", checksum, sizeof checksum))
            break;
    }
    if (strlen(checksum) != 64 || strspn(checksum, "0123456789abcdef") != 64)
        return;
    for (unsigned k = 0; k < 32; k++) {
        const char pair[3] = {checksum[2 * k], checksum[2 * k + 1], 0};
        d->checksum[k] = (uint8_t)strtoul(pair, NULL, 16);
    }
    d->has_checksum = true;
}

/* Is the dependency part of the program itself, not of its build script or its tests? */
static bool is_normal(const json_t *dep)
{
    const json_t *kinds = json_object_get(dep, "dep_kinds");
    for (size_t i = 0; i < json_array_size(kinds); i++)
        if (json_is_null(json_object_get(json_array_get(kinds, i), "kind")))
            return true;
    return false;
}

/* What Cargo.toml asks for: of several entries for one crate, the one that this version satisfies. "" when none does (a pre-release in a path). */
static const char *requirement_on(const json_t *package, const char *name, const char *version)
{
    const json_t *list = json_object_get(package, "dependencies");
    hb_semver v;
    hb_semver_requirement r;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *d = json_array_get(list, i);
        const char *other = text_of(d, "name"), *requirement = text_of(d, "req");
        if (other && requirement && strcmp(other, name) == 0 && json_is_null(json_object_get(d, "kind")) && !hb_semver_parse(&v, version) &&
            !hb_semver_requirement_parse(&r, requirement) && hb_semver_satisfies(&v, &r))
            return requirement;
    }
    return "";
}

static int add_crate(hb_package *p, const json_t *package, const json_t *crate, const char *alias, const char *lock)
{
    hb_package_dependency d = {.kind = HB_DEPENDENCY_CRATE};
    hb_error err = {.message = ""};
    const char *name = text_of(crate, "name"), *version = text_of(crate, "version");
    if (!name || !version || strlen(version) >= sizeof d.version) {
        hb_cli_complain("build", "cargo metadata names a crate that has no name or version");
        return HB_EXIT_ENVIRONMENT;
    }
    snprintf(d.id, sizeof d.id, "%s", name);
    for (char *c = d.id; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    if (hb_package_find_dependency(p, d.id)) /* one crate twice, in two versions and under two names */
        snprintf(d.id, sizeof d.id, "%s", alias ? alias : name);
    strcpy(d.version, version);
    strcpy(d.requirement, requirement_on(package, name, version)); /* one that parses fits */
    find_checksum(&d, lock, name);
    if (hb_package_add_dependency(p, &d, &err) == HB_OK)
        return 0;
    hb_cli_complain("build", "%s", err.message);
    return HB_EXIT_NO;
}

static int add_crates(hb_package *p, const json_t *metadata, const json_t *package, const char *lock)
{
    const json_t *packages = json_object_get(metadata, "packages"), *nodes = json_object_get(json_object_get(metadata, "resolve"), "nodes");
    const json_t *deps = json_object_get(find_by_id(nodes, text_of(package, "id")), "deps");
    int status = 0;
    for (size_t i = 0; !status && i < json_array_size(deps); i++) {
        const json_t *dep = json_array_get(deps, i), *crate = find_by_id(packages, text_of(dep, "pkg"));
        if (crate && is_normal(dep))
            status = add_crate(p, package, crate, text_of(dep, "name"), lock);
    }
    return status;
}

static int add_std(hb_package *p, const char *release)
{
    hb_package_dependency d = {.kind = HB_DEPENDENCY_CRATE, .id = "std"};
    hb_error err = {.message = ""};
    snprintf(d.version, sizeof d.version, "%s", release);
    if (hb_package_add_dependency(p, &d, &err) == HB_OK)
        return 0;
    hb_cli_complain("build", "%s", err.message);
    return HB_EXIT_NO;
}

/* [package.metadata.hauptbuch] */
static int add_our_part(hb_package *p, const json_t *ours)
{
    static const char where[] = "Cargo.toml, [package.metadata.hauptbuch]";
    if (ours && !json_is_object(ours)) {
        hb_cli_complain("build", "%s must be a table", where);
        return HB_EXIT_NO;
    }
    for (void *i = json_object_iter((json_t *)(uintptr_t)ours); i; i = json_object_iter_next((json_t *)(uintptr_t)ours, i)) {
        const char *key = json_object_iter_key(i);
        if (strcmp(key, "id") != 0 && strcmp(key, "programs") != 0 && strcmp(key, "limits") != 0) {
            hb_cli_complain("build", "%s: unknown key \"%.60s\"", where, key);
            return HB_EXIT_NO;
        }
    }
    int status = hb_describe_programs(p, json_object_get(ours, "programs"), where);
    return status ? status : hb_describe_limits(p, json_object_get(ours, "limits"), where);
}

static int describe_package(hb_package *p, const json_t *metadata, const json_t *package, const char *lock, const char *program, const char *release)
{
    const json_t *authors = json_object_get(package, "authors"), *ours = json_object_get(json_object_get(package, "metadata"), "hauptbuch");
    char *author = hb_cli_format("%s", "");
    for (size_t i = 0; i < json_array_size(authors); i++) {
        char *longer = hb_cli_format("%s%s%s", author, i ? ", " : "", json_string_value(json_array_get(authors, i)));
        free(author);
        author = longer;
    }
    const hb_description d = {.name = program, .version = text_of(package, "version"), .author = author, .description = text_of(package, "description"),
                              .license = text_of(package, "license"), .id = text_of(ours, "id")};
    int status = hb_describe(p, &d);
    free(author);
    if (!status)
        status = add_std(p, release);
    if (!status)
        status = add_crates(p, metadata, package, lock);
    return status ? status : add_our_part(p, ours);
}

int hb_describe_cargo(hb_package *p, const char *text, const char *lock, const char *program, const char *release)
{
    json_error_t error;
    json_t *metadata = json_loads(text, 0, &error);
    const json_t *package = metadata ? find_package(metadata, program) : NULL;
    int status = HB_EXIT_ENVIRONMENT;
    if (!package)
        hb_cli_complain("build", "cargo metadata does not know the program %s%s%s", program, metadata ? "" : ": ", metadata ? "" : error.text);
    else
        status = describe_package(p, metadata, package, lock, program, release);
    json_decref(metadata);
    return status;
}
