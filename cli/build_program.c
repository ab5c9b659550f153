/* Finding and running other programs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/build_files.h"
#include "cli/cli.h"

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *hb_program_find(const char *name)
{
    if (strchr(name, '/'))
        return is_program(name) ? hb_cli_format("%s", name) : NULL;
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t length = strcspn(path, ":");
        char *candidate = hb_cli_format("%.*s/%s", (int)length, path, name);
        if (length > 0 && is_program(candidate))
            return candidate;
        free(candidate);
        path += length + (path[length] == ':');
    }
    return NULL;
}

/* In the child: never returns. */
static void become(const char *const *argv, const char *const *env, const char *dir, int out)
{
    const int nowhere = out == STDERR_FILENO ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (; env && *env; env++) {
        char *entry = hb_cli_format("%s", *env);
        char *equals = strchr(entry, '=');
        if (equals) {
            *equals = '\0';
            setenv(entry, equals + 1, 1);
        } else {
            unsetenv(entry);
        }
        free(entry);
    }
    if (dup2(out, STDOUT_FILENO) < 0 || (dir && chdir(dir) != 0)) {
        hb_cli_complain("build", "cannot start %s in %s: %s", argv[0], dir ? dir : ".", strerror(errno));
        _exit(127);
    }
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    union { const char *const *in; char *const *out; } args = {.in = argv};
    execv(argv[0], args.out);
    hb_cli_complain("build", "cannot start %s: %s", argv[0], strerror(errno));
    _exit(127);
}

static char *read_all(int fd)
{
    size_t used = 0, room = 4096;
    char *text = malloc(room);
    while (text) {
        ssize_t n = read(fd, text + used, room - used - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        used += (size_t)n;
        if (used + 1 == room) {
            char *more = realloc(text, room *= 2);
            if (!more)
                free(text);
            text = more;
        }
    }
    if (text)
        text[used] = '\0';
    return text;
}

int hb_program_run(const char *const *argv, const char *const *env, const char *dir, char **output)
{
    int pipe_ends[2] = {-1, -1};
    if (output)
        *output = NULL;
    if (hb_cli_held_signal()) /* nothing new is begun */
        return 128 + hb_cli_held_signal();
    if (output && pipe(pipe_ends) != 0) {
        hb_cli_complain("build", "cannot make a pipe: %s", strerror(errno));
        return -1;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (output)
            close(pipe_ends[0]);
        become(argv, env, dir, output ? pipe_ends[1] : STDERR_FILENO);
    }
    hb_cli_forward_signals(child > 0 ? (int)child : 0);
    if (output) {
        close(pipe_ends[1]);
        *output = child < 0 ? NULL : read_all(pipe_ends[0]);
        close(pipe_ends[0]);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            child = -1;
    hb_cli_forward_signals(0);
    if (child < 0 || (output && !*output)) {
        hb_cli_complain("build", "cannot run %s: %s", argv[0], strerror(errno));
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
