#include "cli/cli_files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

static int read_all(const char *verb, const char *path, int fd, hb_buf *out)
{
    static uint8_t block[1 << 16];
    const size_t start = out->len;
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            hb_cli_complain(verb, "cannot read '%s': %s", path, strerror(errno));
            return HB_EXIT_ENVIRONMENT;
        }
        if (n == 0)
            return 0;
        if (out->len - start + (size_t)n > HB_CLI_FILE_MAX || hb_buf_append(out, block, (size_t)n) != HB_OK) {
            hb_cli_complain(verb, "'%s' is too large", path);
            return HB_EXIT_ENVIRONMENT;
        }
    }
}

int hb_cli_read_file(const char *verb, const char *path, hb_buf *out)
{
    if (strcmp(path, "-") == 0)
        return read_all(verb, "standard input", STDIN_FILENO, out);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        hb_cli_complain(verb, "cannot open '%s': %s", path, strerror(errno));
        return HB_EXIT_ENVIRONMENT;
    }
    int status = read_all(verb, path, fd, out);
    close(fd);
    return status;
}

/* The temporary file that a signal must remove. */
static char pending[4096];

static void remove_pending(int sig)
{
    if (pending[0])
        unlink(pending);
    signal(sig, SIG_DFL);
    raise(sig);
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A device or pipe cannot be replaced by a rename: it is written in place. */
static int is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

void hb_cli_file_drop(hb_cli_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (pending[0])
        unlink(pending);
    pending[0] = 0;
    f->fd = -1;
}

static int failed(hb_cli_file *f)
{
    hb_cli_complain(f->verb, "cannot write '%s': %s", f->path, strerror(errno));
    hb_cli_file_drop(f);
    return HB_EXIT_ENVIRONMENT;
}

int hb_cli_file_begin(hb_cli_file *f, const char *verb, const char *path)
{
    char temporary[sizeof pending];
    *f = (hb_cli_file){.verb = verb, .path = path, .fd = -1, .special = is_special(path)};
    if (f->special) {
        f->fd = open(path, O_WRONLY | O_CLOEXEC);
        return f->fd < 0 ? failed(f) : 0;
    }
    if (snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid()) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return failed(f);
    }
    memcpy(pending, temporary, sizeof pending);
    signal(SIGINT, remove_pending);
    signal(SIGTERM, remove_pending);
    f->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (f->fd >= 0)
        return 0;
    pending[0] = 0; /* it is not ours */
    return failed(f);
}

int hb_cli_file_put(hb_cli_file *f, const void *data, size_t len)
{
    return write_all(f->fd, data, len) == 0 ? 0 : failed(f);
}

int hb_cli_file_end(hb_cli_file *f)
{
    const int bad = !f->special && fsync(f->fd) != 0, fd = f->fd;
    f->fd = -1;
    if (close(fd) != 0 || bad || (!f->special && rename(pending, f->path) != 0))
        return failed(f);
    pending[0] = 0;
    return 0;
}

int hb_cli_write_file(const char *verb, const char *path, const void *data, size_t len)
{
    hb_cli_file f;
    int status = hb_cli_file_begin(&f, verb, path);
    if (!status)
        status = hb_cli_file_put(&f, data, len);
    return status ? status : hb_cli_file_end(&f);
}
