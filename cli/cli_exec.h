/* The options by which a guest gets its input, shared by `run`, `prove` and `bench`: --stdin FILE, --input FILE (any number), --cycle-limit N,
 * --memory-limit BYTES, --stack-limit BYTES, --packages DIR, and everything after `--` as arguments. */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "rv/interp.h"

#define HB_CLI_INPUTS_MAX 4096u
#define HB_CLI_STACK_LIMIT (UINT64_C(256) << 20)

typedef struct hb_cli_exec {
    hb_rv_exec_options options; /* for hb_rv_exec; points into this struct */
    hb_buf stdin_file;
    hb_buf *files;
    hb_rv_span *inputs;
    const char *packages;       /* --packages */
    hb_rv_named_key *keys;      /* of the programs that the program needs (cli_program.h); names belong to it */
    bool bytecode;              /* the program is the image of one (cli_program.h) */
    bool memory_set, stack_set; /* on the command line, which wins over what the package asks for */
} hb_cli_exec;

/* Takes an option of the list above: 1 if it was one (then *value has been used), 0 if not, negative exit status after a message.
 * `value` is the option's argument. */
int hb_cli_exec_option(hb_cli_exec *e, const char *verb, const char *name, const char *value);

/* To be called first: sets what is not zero by default (the stack limit), and takes what follows the first `--` as the guest's arguments; returns the
 * number of arguments in front of it. */
int hb_cli_exec_split(hb_cli_exec *e, int argc, char **argv);

void hb_cli_exec_free(hb_cli_exec *e);

/* A size such as 512M, 2G, 65536. False if it is none. */
bool hb_cli_parse_size(const char *text, uint64_t *out);
bool hb_cli_parse_number(const char *text, uint64_t max, uint64_t *out);
