#include "cli/build_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

static bool failed(const char *what, const char *path)
{
    hb_cli_complain("build", "cannot %s %s: %s", what, path, strerror(errno));
    return false;
}

bool hb_file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool hb_dir_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool hb_file_make_dirs(const char *path)
{
    char *copy = hb_cli_format("%s", path);
    bool ok = true;
    for (char *p = copy + 1; ok; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        if (mkdir(copy, 0777) != 0 && !(errno == EEXIST && hb_dir_exists(copy)))
            ok = failed("make directory", copy);
        *p = end;
        if (end == '\0')
            break;
    }
    free(copy);
    return ok;
}

char *hb_file_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        failed("open", path);
        return NULL;
    }
    size_t used = 0, room = 1 << 14;
    char *text = malloc(room);
    while (text) {
        used += fread(text + used, 1, room - used - 1, file);
        if (used + 1 < room)
            break;
        char *more = realloc(text, room *= 2);
        if (!more)
            free(text);
        text = more;
    }
    if (text && ferror(file)) {
        failed("read", path);
        free(text);
        text = NULL;
    } else if (!text) {
        hb_cli_complain("build", "out of memory reading %s", path);
    } else {
        text[used] = '\0';
        if (length)
            *length = used;
    }
    fclose(file);
    return text;
}

bool hb_file_write(const char *path, const void *data, size_t length, unsigned mode)
{
    char *temporary = hb_cli_format("%s.tmp%ld", path, (long)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    const char *p = data;
    while (ok && length > 0) {
        ssize_t n = write(fd, p, length);
        if (n < 0 && errno == EINTR)
            continue;
        ok = n > 0;
        if (ok) {
            p += n;
            length -= (size_t)n;
        }
    }
    ok = ok && fchmod(fd, (mode_t)mode) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        failed("write", path);
        unlink(temporary);
    }
    free(temporary);
    return ok;
}

bool hb_file_copy(const char *from, const char *to, unsigned mode)
{
    size_t length;
    char *data = hb_file_read(from, &length);
    bool ok = data && hb_file_write(to, data, length, mode);
    free(data);
    return ok;
}

static int skip_dots(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool walk_below(const char *root, const char *relative, hb_file_visitor visit, void *ctx)
{
    char *dir = hb_cli_format("%s/%s", root, relative);
    struct dirent **entries;
    int n = scandir(dir, &entries, skip_dots, by_bytes);
    bool ok = n >= 0 || failed("list", dir);
    for (int i = 0; i < n; i++) {
        char *below = hb_cli_format("%s%s%s", relative, *relative ? "/" : "", entries[i]->d_name);
        char *path = hb_cli_format("%s/%s", root, below);
        struct stat st;
        if (ok && stat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                ok = walk_below(root, below, visit, ctx);
            else if (S_ISREG(st.st_mode))
                ok = visit(ctx, below, path);
        }
        free(path);
        free(below);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    free(dir);
    return ok;
}

bool hb_file_walk(const char *root, hb_file_visitor visit, void *ctx)
{
    return walk_below(root, "", visit, ctx);
}

static bool copy_one(void *ctx, const char *relative, const char *path)
{
    char *to = hb_cli_format("%s/%s", (const char *)ctx, relative);
    char *slash = strrchr(to, '/');
    *slash = '\0';
    bool ok = hb_dir_exists(to) || hb_file_make_dirs(to);
    *slash = '/';
    struct stat st;
    bool executable = stat(path, &st) == 0 && (st.st_mode & S_IXUSR);
    ok = ok && hb_file_copy(path, to, executable ? 0755 : 0644);
    free(to);
    return ok;
}

bool hb_file_copy_tree(const char *from, const char *to)
{
    union { const char *in; void *out; } ctx = {.in = to};
    return hb_file_make_dirs(to) && hb_file_walk(from, copy_one, ctx.out);
}

void hb_file_remove_tree(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return;
    if (S_ISDIR(st.st_mode)) {
        struct dirent **entries;
        int n = scandir(path, &entries, skip_dots, NULL);
        for (int i = 0; i < n; i++) {
            char *below = hb_cli_format("%s/%s", path, entries[i]->d_name);
            hb_file_remove_tree(below);
            free(below);
            free(entries[i]);
        }
        if (n >= 0)
            free(entries);
        rmdir(path);
    } else {
        unlink(path);
    }
}
