/* What every verb has in common with the system around it: standard output that cannot be written, signals, file size limits. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static volatile sig_atomic_t held, forwarded_to;

static void hold(int sig)
{
    held = sig;
    if (forwarded_to > 0)
        kill((pid_t)forwarded_to, sig);
}

void hb_cli_prepare(void)
{
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit then fails, and is cleaned up after, like any other */
}

void hb_cli_hold_signals(void)
{
    const struct sigaction action = {.sa_handler = hold, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int hb_cli_held_signal(void)
{
    return held;
}

void hb_cli_forward_signals(int child)
{
    forwarded_to = child;
    if (child > 0 && held)
        kill((pid_t)child, held); /* it came before */
}

int hb_cli_finish(const char *verb, int status)
{
    if (held) {
        signal(held, SIG_DFL);
        raise(held);
    }
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    /* Not by hb_cli_complain, which flushes stdout again. */
    fprintf(stderr, "hauptbuch %s: cannot write standard output: %s\n", verb, errno ? strerror(errno) : "an earlier write failed");
    return strcmp(verb, "run") == 0 ? HB_EXIT_RUN_FAILED : HB_EXIT_ENVIRONMENT;
}
