#include "cli/cli_program.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "bytecode/hbc.h"
#include "cli/cli.h"
#include "cli/cli_files.h"
#include "machine/machine_prove.h"

int hb_cli_load_program(const char *verb, const char *path, hb_rv_program *program)
{
    hb_buf file = {0};
    hb_error err = {0};
    int status = hb_cli_read_file(verb, path, &file);
    if (!status && hb_bytecode_load(program, file.data, file.len, &err) != HB_OK) {
        /* Most messages about programs begin with the text of the status. */
        const char *what = hb_status_text(err.status);
        const bool said = strncmp(err.message, what, strlen(what)) == 0;
        hb_cli_complain(verb, "%s: %s%s%s", path, said ? "" : what, said ? "" : ": ", err.message);
        status = HB_EXIT_NO;
    }
    hb_buf_free(&file);
    return status;
}

int hb_cli_program_vkey(const char *verb, const char *path, uint8_t vkey[32])
{
    hb_rv_program program;
    hb_error err = {0};
    int status = hb_cli_load_program(verb, path, &program);
    if (status)
        return status;
    hb_machine_key *key = malloc(sizeof *key);
    if (!key || hb_machine_key_init(key, &program, NULL, &err) != HB_OK) {
        hb_cli_complain(verb, "%s: %s", path, key ? err.message : "out of memory");
        status = HB_EXIT_ENVIRONMENT;
    } else {
        for (int i = 0; i < 32; i++)
            vkey[i] = key->vkey[i];
    }
    if (key)
        hb_machine_key_free(key);
    free(key);
    hb_rv_program_free(&program);
    return status;
}
