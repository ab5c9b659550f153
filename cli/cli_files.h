/* Whole files in and out, for the verbs. All return 0 or an exit status after a message. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define HB_CLI_FILE_MAX ((size_t)1 << 30)

/* Appends the file to *out. Files above 1 GiB are refused. "-" reads standard input. */
int hb_cli_read_file(const char *verb, const char *path, hb_buf *out);

/* Writes the file whole or not at all: to a temporary name beside it, then renamed; on failure or Ctrl-C nothing is left behind. */
int hb_cli_write_file(const char *verb, const char *path, const void *data, size_t len);
