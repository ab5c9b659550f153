#include "program/package_directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/package_file.h"

enum { PATH_BYTES = 4096 };

typedef struct entry {
    char id[HB_PACKAGE_ID_MAX + 1], version[HB_PACKAGE_VERSION_MAX + 1], path[PATH_BYTES];
} entry;

static size_t count(const hb_package_directory *d)
{
    return d->entries.len / sizeof(entry);
}

static entry *at(const hb_package_directory *d, size_t k)
{
    return (entry *)(void *)d->entries.data + k;
}

static hb_status read_file(hb_buf *out, const char *path, hb_error *err)
{
    uint8_t block[16384];
    FILE *f = fopen(path, "rbe");
    if (!f)
        return hb_fail(err, HB_IO, "cannot open '%.150s': %s", path, strerror(errno));
    hb_status st = HB_OK;
    for (size_t n; st == HB_OK && (n = fread(block, 1, sizeof block, f)) > 0;)
        st = out->len + n > HB_PACKAGE_CODE_MAX ? HB_LIMIT : hb_buf_append(out, block, n);
    if (st != HB_OK)
        hb_fail(err, st, "'%.150s' is too large", path);
    else if (ferror(f))
        st = hb_fail(err, HB_IO, "cannot read '%.150s': %s", path, strerror(errno));
    fclose(f);
    return st;
}

static hb_status read_package(hb_package *out, const char *path, hb_error *err)
{
    hb_buf file = {0};
    *out = (hb_package){0};
    hb_status st = read_file(&file, path, err);
    if (st == HB_OK)
        st = hb_package_read(out, file.data, file.len, err);
    hb_buf_free(&file);
    return st;
}

static bool has_suffix(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && (strcmp(name + n - 4, ".elf") == 0 || strcmp(name + n - 4, ".hbc") == 0);
}

static hb_status add_file(hb_package_directory *d, const char *directory, const char *name)
{
    entry e = {.id = ""};
    hb_package p;
    int n = snprintf(e.path, sizeof e.path, "%s/%s", directory, name);
    if (n < 0 || (size_t)n >= sizeof e.path)
        return HB_OK;
    hb_status st = read_package(&p, e.path, NULL);
    if (st == HB_OK && p.id[0] && p.metadata.version[0]) {
        memcpy(e.id, p.id, sizeof e.id);
        memcpy(e.version, p.metadata.version, sizeof e.version);
        st = hb_buf_append(&d->entries, &e, sizeof e);
    }
    hb_package_free(&p);
    return st == HB_OUT_OF_MEMORY ? st : HB_OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->path, ((const entry *)b)->path);
}

hb_status hb_package_directory_open(hb_package_directory *out, const char *path, hb_error *err)
{
    *out = (hb_package_directory){0};
    DIR *dir = opendir(path);
    if (!dir)
        return hb_fail(err, HB_IO, "cannot open the directory '%.150s': %s", path, strerror(errno));
    hb_status st = HB_OK;
    for (struct dirent *e; st == HB_OK && (e = readdir(dir)) != NULL;)
        if (has_suffix(e->d_name))
            st = add_file(out, path, e->d_name);
    closedir(dir);
    if (st != HB_OK)
        return hb_fail(err, st, "no memory for the packages of '%.150s'", path);
    if (count(out))
        qsort(out->entries.data, count(out), sizeof(entry), by_path);
    return HB_OK;
}

void hb_package_directory_free(hb_package_directory *d)
{
    hb_buf_free(&d->entries);
}

static hb_status list_versions(void *ctx, const char *id, hb_package_version_fn found, void *found_ctx, hb_error *err)
{
    const hb_package_directory *d = ctx;
    (void)err;
    for (size_t k = 0; k < count(d); k++)
        if (strcmp(at(d, k)->id, id) == 0)
            found(found_ctx, at(d, k)->version);
    return HB_OK;
}

static hb_status key_of_file(const entry *e, uint8_t vkey[32], hb_error *err)
{
    hb_package p;
    hb_status st = read_package(&p, e->path, err);
    if (st == HB_OK && (strcmp(p.id, e->id) != 0 || strcmp(p.metadata.version, e->version) != 0))
        st = hb_fail(err, HB_IO, "'%.150s' has changed", e->path);
    if (st == HB_OK)
        st = hb_package_key(&p, vkey, err);
    hb_package_free(&p);
    return st;
}

static hb_status find_key(void *ctx, const char *id, const char *version, uint8_t vkey[32], hb_error *err)
{
    const hb_package_directory *d = ctx;
    const entry *first = NULL;
    for (size_t k = 0; k < count(d); k++) {
        const entry *e = at(d, k);
        uint8_t other[32];
        if (strcmp(e->id, id) != 0 || strcmp(e->version, version) != 0)
            continue;
        hb_status st = key_of_file(e, first ? other : vkey, err);
        if (st != HB_OK)
            return st;
        if (first && memcmp(vkey, other, sizeof other) != 0)
            return hb_fail(err, HB_DEPENDENCY_RESOLUTION_FAILED, "%.40s and %.40s are different programs of one version", strrchr(first->path, '/') + 1,
                           strrchr(e->path, '/') + 1);
        first = first ? first : e;
    }
    return first ? HB_OK : hb_fail(err, HB_DEPENDENCY_RESOLUTION_FAILED, "there is no such program");
}

hb_package_registry hb_package_directory_registry(hb_package_directory *d)
{
    return (hb_package_registry){.ctx = d, .versions = list_versions, .key = find_key};
}
