#include "machine/pieces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "hash/blake3.h"

enum { PATH_BYTES = 4096, HEAD_BYTES = 8 + 8 + 32, NAME_BYTES = 64 };

static const char magic[8] = {'h', 'b', 'p', 'i', 'e', 'c', 'e', '1'};

static bool path_of(char path[PATH_BYTES], const char *dir, const char *name)
{
    return snprintf(path, PATH_BYTES, "%s/%s", dir, name) < PATH_BYTES;
}

static bool piece_path(char path[PATH_BYTES], const char *dir, uint32_t i, const char *suffix)
{
    return snprintf(path, PATH_BYTES, "%s/%u.piece%s", dir, i, suffix) < PATH_BYTES;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
    while (n > 0) {
        const ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static void sync_directory(const char *dir)
{
    const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* head and body, whole or not at all. */
static hb_status write_file(const char *dir, const char *path, const uint8_t *head, size_t n_head, const uint8_t *body, size_t n_body, hb_error *err)
{
    char temporary[PATH_BYTES];
    if (snprintf(temporary, sizeof temporary, "%s.tmp", path) >= (int)sizeof temporary)
        return hb_fail(err, HB_IO, "the path '%s' is too long", path);
    const int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool good = fd >= 0 && write_all(fd, head, n_head) && write_all(fd, body, n_body) && fsync(fd) == 0;
    int code = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        code = errno;
    }
    if (good && rename(temporary, path) != 0) {
        good = false;
        code = errno;
    }
    if (good) {
        sync_directory(dir);
        return HB_OK;
    }
    unlink(temporary);
    return hb_fail(err, HB_IO, "cannot write '%s': %s", path, strerror(code));
}

static bool read_file(const char *path, size_t most, hb_buf *out)
{
    uint8_t block[1 << 14];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    const size_t start = out->len;
    while (fd >= 0 && ((n = read(fd, block, sizeof block)) > 0 || (n < 0 && errno == EINTR)))
        if (n > 0 && (out->len - start + (size_t)n > most || hb_buf_append(out, block, (size_t)n) != HB_OK)) {
            n = -1;
            break;
        }
    if (fd >= 0)
        close(fd);
    return n == 0;
}

/* "12.piece" and the like, and what was being written under such a name. */
static bool is_piece_name(const char *name)
{
    const size_t digits = strspn(name, "0123456789");
    return digits && (strcmp(name + digits, ".piece") == 0 || strcmp(name + digits, ".piece.tmp") == 0);
}

/* Pieces whose run nobody knows any more: each one is whole, but does not say which run it is of. */
static hb_status drop_orphans(const char *dir, hb_error *err)
{
    char path[PATH_BYTES];
    DIR *d = opendir(dir);
    if (!d)
        return hb_fail(err, HB_IO, "cannot read the directory '%s': %s", dir, strerror(errno));
    hb_status st = HB_OK;
    for (const struct dirent *e = readdir(d); e && st == HB_OK; e = readdir(d))
        if (is_piece_name(e->d_name) && path_of(path, dir, e->d_name) && unlink(path) != 0)
            st = hb_fail(err, HB_IO, "cannot remove '%s': %s", path, strerror(errno));
    closedir(d);
    return st;
}

hb_status hb_pieces_open(const char *dir, const uint32_t seed[8], hb_error *err)
{
    char path[PATH_BYTES], name[NAME_BYTES + 1];
    hb_buf found = {0};
    for (int i = 0; i < 8; i++)
        snprintf(name + 8 * i, 9, "%08x", seed[i]);
    if (!path_of(path, dir, "run"))
        return hb_fail(err, HB_IO, "the path '%s' is too long", dir);
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        return hb_fail(err, HB_IO, "cannot make the directory '%s': %s", dir, strerror(errno));
    const bool there = read_file(path, NAME_BYTES, &found), same = there && found.len == NAME_BYTES && memcmp(found.data, name, NAME_BYTES) == 0;
    hb_buf_free(&found);
    if (same)
        return HB_OK;
    if (there)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the directory '%s' belongs to another run (other program, input, or limits)", dir);
    const hb_status st = drop_orphans(dir, err);
    return st == HB_OK ? write_file(dir, path, (const uint8_t *)name, NAME_BYTES, NULL, 0, err) : st;
}

bool hb_pieces_load(const char *dir, uint32_t i, hb_buf *out)
{
    char path[PATH_BYTES];
    hb_buf file = {0};
    uint8_t digest[32];
    bool good = piece_path(path, dir, i, "") && read_file(path, (size_t)1 << 30, &file) && file.len >= HEAD_BYTES && memcmp(file.data, magic, 8) == 0 &&
                hb_load_le64(file.data + 8) == i;
    if (good) {
        hb_blake3_hash(digest, file.data + HEAD_BYTES, file.len - HEAD_BYTES);
        good = memcmp(digest, file.data + 16, 32) == 0 && hb_buf_append(out, file.data + HEAD_BYTES, file.len - HEAD_BYTES) == HB_OK;
    }
    hb_buf_free(&file);
    return good;
}

hb_status hb_pieces_store(const char *dir, uint32_t i, const uint8_t *bytes, size_t n, hb_error *err)
{
    char path[PATH_BYTES];
    uint8_t head[HEAD_BYTES];
    if (!piece_path(path, dir, i, ""))
        return hb_fail(err, HB_IO, "the path '%s' is too long", dir);
    memcpy(head, magic, 8);
    hb_store_le64(head + 8, i);
    hb_blake3_hash(head + 16, bytes, n);
    return write_file(dir, path, head, sizeof head, bytes, n, err);
}

void hb_pieces_remove(const char *dir, uint32_t n)
{
    char path[PATH_BYTES];
    for (uint32_t i = 0; i < n; i++)
        if (piece_path(path, dir, i, ""))
            unlink(path);
    if (path_of(path, dir, "run"))
        unlink(path);
    rmdir(dir);
}
