#include "cli/state_cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_files.h"

void hb_state_cli_free(hb_state_cli *a)
{
    free(a->programs);
    free(a->state_programs);
    free(a->deletes);
    free(a->metadata);
}

bool hb_state_cli_unhex(const char *hex, hb_buf *out)
{
    const size_t n = strlen(hex);
    if (n % 2 || strspn(hex, "0123456789abcdefABCDEF") != n)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        const char pair[3] = {hex[i], hex[i + 1], 0};
        if (hb_buf_append_u8(out, (uint8_t)strtoul(pair, NULL, 16)) != HB_OK)
            return false;
    }
    return true;
}

bool hb_state_cli_digest(const char *hex, uint8_t digest[32])
{
    hb_buf bytes = {0};
    const bool ok = hb_state_cli_unhex(hex, &bytes) && bytes.len == 32;
    if (ok)
        memcpy(digest, bytes.data, 32);
    hb_buf_free(&bytes);
    return ok;
}

bool hb_state_cli_key(const char *text, uint8_t key[32])
{
    const char *colon = strrchr(text, ':');
    hb_buf name = {0};
    if (!colon)
        return hb_state_cli_digest(text, key);
    size_t space = (size_t)(colon - text);
    bool ok = true;
    if (space > 4 && memcmp(colon - 4, ":hex", 4) == 0) {
        space -= 4;
        ok = hb_state_cli_unhex(colon + 1, &name);
    } else {
        ok = hb_buf_append(&name, colon + 1, strlen(colon + 1)) == HB_OK;
    }
    if (ok && space)
        hb_ledger_key(key, text, space, name.data, name.len);
    hb_buf_free(&name);
    return ok && space;
}

int hb_state_cli_value(const char *text, hb_buf *out)
{
    if (text[0] == '@')
        return hb_cli_read_file("state", text + 1, out);
    if (strncmp(text, "hex:", 4) == 0) {
        if (hb_state_cli_unhex(text + 4, out))
            return 0;
        hb_cli_complain("state", "'%s' is not hexadecimal", text);
        return HB_EXIT_USAGE;
    }
    return hb_buf_append(out, text, strlen(text)) == HB_OK ? 0 : HB_EXIT_ENVIRONMENT;
}

int hb_state_cli_failed(const hb_state_cli *a, hb_status st, const hb_error *err)
{
    const bool damaged = st == HB_IO && strstr(err->message, "damaged");
    if (st == HB_REJECTED)
        hb_cli_complain("state", "%s: rejected: %s", a->verb, err->message);
    else
        hb_cli_complain("state", "%s: %s", a->verb, err->message);
    if (st == HB_REJECTED || damaged)
        return HB_EXIT_NO;
    return st == HB_INVALID_ARGUMENT ? HB_EXIT_USAGE : HB_EXIT_ENVIRONMENT;
}

int hb_state_cli_open(const hb_state_cli *a, bool read_only, hb_state_manager **m)
{
    const hb_state_options options = {.read_only = read_only};
    hb_error err = {0};
    const hb_status st = hb_state_manager_open(a->dir, &options, m, &err);
    return st == HB_OK ? 0 : hb_state_cli_failed(a, st, &err);
}

void hb_state_cli_print_digest(const uint8_t digest[32])
{
    for (int i = 0; i < 32; i++)
        printf("%02x", digest[i]);
}

void hb_state_cli_print_json(const char *text, size_t n)
{
    putchar('"');
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            printf("\\u%04x", c); /* as Latin-1; ids and versions are ASCII */
        else
            putchar(c);
    }
    putchar('"');
}
