/* Shared by the files of `hauptbuch state`. */
#pragma once
#include "base/buf.h"
#include "ledger/state_manager.h"
#include "ledger/state_verifier.h"

#define HB_STATE_CLI_LIST_MAX 65536u

/* Everything that can stand on the command line of a subcommand; which of it a subcommand takes is checked by hb_state_cli_parse. */
typedef struct hb_state_cli {
    const char *verb;              /* the subcommand */
    const char *dir;               /* first argument, where there is one */
    char **rest;                   /* arguments behind it */
    int n_rest;
    uint64_t at, timestamp, from, base;
    bool has_timestamp, json, allow_admin, proofs;
    const char *out, *proof, *writes, *root, *genesis, *chain, *batch, *program, *witness;
    const char **programs, **state_programs, **deletes, **metadata; /* repeated options */
    size_t n_programs, n_state_programs, n_deletes, n_metadata;
} hb_state_cli;

/* NULL-safe; ends nothing that is not there. */
void hb_state_cli_free(hb_state_cli *a);

/* KEY: 64 hexadecimal digits, or NAMESPACE:NAME (the name is what follows the last colon; "hex:" in front of it: its bytes in hexadecimal). */
bool hb_state_cli_key(const char *text, uint8_t key[32]);
/* VALUE: text, "hex:..." or "@FILE"; appended. 0 or an exit status after a message. */
int hb_state_cli_value(const char *text, hb_buf *out);
bool hb_state_cli_digest(const char *hex, uint8_t digest[32]);
/* Appends the bytes of a hexadecimal text. */
bool hb_state_cli_unhex(const char *hex, hb_buf *out);

/* 0 or an exit status after a message. */
int hb_state_cli_open(const hb_state_cli *a, bool read_only, hb_state_manager **m);
/* Says what failed and returns the exit status: no for rejections and damage, usage for the caller's mistakes, else environment. */
int hb_state_cli_failed(const hb_state_cli *a, hb_status st, const hb_error *err);

void hb_state_cli_print_digest(const uint8_t digest[32]);
/* A JSON string, quotes included. */
void hb_state_cli_print_json(const char *text, size_t n);

/* The subcommands; each returns an exit status. */
int hb_state_cli_init(hb_state_cli *a);
int hb_state_cli_put(hb_state_cli *a);
int hb_state_cli_apply(hb_state_cli *a);
int hb_state_cli_import(hb_state_cli *a);
int hb_state_cli_prune(hb_state_cli *a);
int hb_state_cli_rollback(hb_state_cli *a);
int hb_state_cli_root(hb_state_cli *a);
int hb_state_cli_get(hb_state_cli *a);
int hb_state_cli_prove(hb_state_cli *a);
int hb_state_cli_history(hb_state_cli *a);
int hb_state_cli_export(hb_state_cli *a);
int hb_state_cli_verify(hb_state_cli *a);
int hb_state_cli_check(hb_state_cli *a);
