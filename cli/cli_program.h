/* Programs on the command line: loading, and running with the options that `run` and `prove` share. Return 0 or an exit status after a message. */
#pragma once
#include "cli/cli_exec.h"
#include "rv/rvprogram.h"

/* Reads and loads a program: an ELF file, or a container of bytecode (.hbc), which is translated. */
int hb_cli_load_program(const char *verb, const char *path, hb_rv_program *program);

/* The same for a run: the package's limits hold where the command line sets none, and the programs that it needs are resolved among the packages of
 * --packages, so that the guest can ask for their keys. */
int hb_cli_load_for_run(const char *verb, const char *path, hb_cli_exec *exec, hb_rv_program *program);

/* The verifying key of the program in this file. */
int hb_cli_program_vkey(const char *verb, const char *path, uint8_t vkey[32]);
