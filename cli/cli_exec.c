#include "cli/cli_exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_files.h"

bool hb_cli_parse_number(const char *text, uint64_t max, uint64_t *out)
{
    char *end;
    errno = 0;
    if (text[0] < '0' || text[0] > '9')
        return false;
    const unsigned long long n = strtoull(text, &end, 10);
    if (errno || *end || n > max)
        return false;
    *out = n;
    return true;
}

bool hb_cli_parse_size(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    if (text[0] < '0' || text[0] > '9')
        return false;
    const unsigned long long n = strtoull(text, &end, 10);
    unsigned shift = 0;
    if (*end && strchr("kKmMgG", *end)) {
        shift = *end == 'k' || *end == 'K' ? 10 : *end == 'm' || *end == 'M' ? 20 : 30;
        end++;
    }
    if (errno || *end || n > UINT64_MAX >> shift)
        return false;
    *out = n << shift;
    return true;
}

static int add_input(hb_cli_exec *e, const char *verb, const char *path)
{
    const size_t n = e->options.n_inputs;
    if (n == HB_CLI_INPUTS_MAX) {
        hb_cli_complain(verb, "more than %u inputs", HB_CLI_INPUTS_MAX);
        return -HB_EXIT_USAGE;
    }
    hb_buf *files = realloc(e->files, (n + 1) * sizeof *files);
    if (files)
        e->files = files;
    hb_rv_span *inputs = realloc(e->inputs, (n + 1) * sizeof *inputs);
    if (inputs)
        e->inputs = inputs;
    if (!files || !inputs) {
        hb_cli_complain(verb, "out of memory");
        return -HB_EXIT_ENVIRONMENT;
    }
    files[n] = (hb_buf){0};
    const int status = hb_cli_read_file(verb, path, &files[n]);
    if (status)
        return -status;
    inputs[n] = (hb_rv_span){files[n].data, files[n].len};
    e->options.inputs = inputs;
    e->options.n_inputs = n + 1;
    return 1;
}

static int set_stdin(hb_cli_exec *e, const char *verb, const char *path)
{
    hb_buf_free(&e->stdin_file);
    e->stdin_file = (hb_buf){0};
    const int status = hb_cli_read_file(verb, path, &e->stdin_file);
    if (status)
        return -status;
    e->options.stdin_bytes = (hb_rv_span){e->stdin_file.data, e->stdin_file.len};
    return 1;
}

int hb_cli_exec_option(hb_cli_exec *e, const char *verb, const char *name, const char *value)
{
    if (strcmp(name, "stdin") == 0)
        return set_stdin(e, verb, value);
    if (strcmp(name, "input") == 0)
        return add_input(e, verb, value);
    if (strcmp(name, "packages") == 0) {
        e->packages = value;
        return 1;
    }
    if (strcmp(name, "cycle-limit") == 0) {
        if (hb_cli_parse_number(value, UINT64_MAX, &e->options.cycle_limit) && e->options.cycle_limit > 0)
            return 1;
        hb_cli_complain(verb, "--cycle-limit takes a positive number, not '%s'", value);
        return -HB_EXIT_USAGE;
    }
    if (strcmp(name, "memory-limit") == 0) {
        e->memory_set = true;
        if (hb_cli_parse_size(value, &e->options.memory_limit) && e->options.memory_limit > 0)
            return 1;
        hb_cli_complain(verb, "--memory-limit takes a size such as 256M, not '%s'", value);
        return -HB_EXIT_USAGE;
    }
    if (strcmp(name, "stack-limit") == 0) {
        e->stack_set = true;
        if (hb_cli_parse_size(value, &e->options.stack_limit) && e->options.stack_limit > 0)
            return 1;
        hb_cli_complain(verb, "--stack-limit takes a size such as 64M, not '%s'", value);
        return -HB_EXIT_USAGE;
    }
    return 0;
}

int hb_cli_exec_split(hb_cli_exec *e, int argc, char **argv)
{
    e->options.stack_limit = HB_CLI_STACK_LIMIT;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        e->options.args = (const char *const *)(argv + i + 1);
        e->options.n_args = (size_t)(argc - i - 1);
        return i;
    }
    return argc;
}

void hb_cli_exec_free(hb_cli_exec *e)
{
    for (size_t i = 0; i < e->options.n_inputs; i++)
        hb_buf_free(&e->files[i]);
    for (size_t i = 0; i < e->options.n_keys; i++)
        free((void *)(uintptr_t)e->keys[i].name);
    free(e->keys);
    free(e->files);
    free(e->inputs);
    hb_buf_free(&e->stdin_file);
    memset(e, 0, sizeof *e);
}
