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

static int failed(const char *verb, const char *path)
{
    hb_cli_complain(verb, "cannot write '%s': %s", path, strerror(errno));
    if (pending[0])
        unlink(pending);
    pending[0] = 0;
    return HB_EXIT_ENVIRONMENT;
}

int hb_cli_write_file(const char *verb, const char *path, const void *data, size_t len)
{
    if (is_special(path)) {
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        const int bad = fd < 0 || write_all(fd, data, len) != 0;
        if (bad)
            return failed(verb, path);
        close(fd);
        return 0;
    }
    char temporary[sizeof pending];
    if (snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid()) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return failed(verb, path);
    }
    memcpy(pending, temporary, sizeof pending);
    signal(SIGINT, remove_pending);
    signal(SIGTERM, remove_pending);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        pending[0] = 0;
        return failed(verb, path);
    }
    const int bad = write_all(fd, data, len) != 0 || fsync(fd) != 0;
    if (close(fd) != 0 || bad || rename(temporary, path) != 0)
        return failed(verb, path);
    pending[0] = 0;
    return 0;
}
