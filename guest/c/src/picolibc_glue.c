/* What picolibc wants from below: streams, the end, memory. Compiled only for projects with "libc": "picolibc". */
#include <errno.h>
#include <hauptbuch.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* A call of the machine for each character would be dear: whole lines, or what fits. */
static char line[256];
static size_t line_used;

static void flush_line(void)
{
    hb_write_stdout(line, line_used);
    line_used = 0;
}

static int put_stdout(char c, FILE *file)
{
    (void)file;
    line[line_used++] = c;
    if (c == '\n' || line_used == sizeof line)
        flush_line();
    return (unsigned char)c;
}

static int flush_stdout(FILE *file)
{
    (void)file;
    if (line_used > 0)
        flush_line();
    return 0;
}

static int put_stderr(char c, FILE *file)
{
    (void)file;
    hb_write_stderr(&c, 1);
    return (unsigned char)c;
}

static int get_stdin(FILE *file)
{
    static unsigned char buffer[4096];
    static size_t at, used;
    (void)file;
    if (at == used) {
        used = hb_read_stdin(buffer, sizeof buffer);
        at = 0;
    }
    return used == 0 ? _FDEV_EOF : buffer[at++];
}

static FILE stdin_file = FDEV_SETUP_STREAM(NULL, get_stdin, NULL, _FDEV_SETUP_READ);
static FILE stdout_file = FDEV_SETUP_STREAM(put_stdout, NULL, flush_stdout, _FDEV_SETUP_WRITE);
static FILE stderr_file = FDEV_SETUP_STREAM(put_stderr, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = &stdin_file;
FILE *const stdout = &stdout_file;
FILE *const stderr = &stderr_file;

_Noreturn void _exit(int code)
{
    flush_stdout(stdout);
    hb_exit(code);
}

/* abort() raises SIGABRT, whose default ends here as well; by the guest ABI that is code 1. */
_Noreturn void abort(void)
{
    flush_stdout(stdout);
    hb_panic("aborted");
}

/* The heap: from the end of the image to the input region. */
void *sbrk(ptrdiff_t increment)
{
    extern char _end[];
    static char *top;
    char *const limit = (char *)((UINT64_C(1) << 37) - (UINT64_C(1) << 34));
    if (!top)
        top = _end;
    if (increment > limit - top || increment < _end - top) {
        errno = ENOMEM;
        return (void *)-1;
    }
    char *old = top;
    top += increment;
    return old;
}
