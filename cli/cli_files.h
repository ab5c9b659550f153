/* Whole files in and out, for the verbs. All return 0 or an exit status after a message. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define HB_CLI_FILE_MAX ((size_t)1 << 30)

/* Appends the file to *out. Files above 1 GiB are refused. "-" reads standard input. */
int hb_cli_read_file(const char *verb, const char *path, hb_buf *out);

/* A file written piece by piece, whole or not at all: to a temporary name beside it, renamed by hb_cli_file_end; on failure, hb_cli_file_drop or Ctrl-C nothing is left
 * behind. Devices and pipes are written in place. One at a time. After a failure (message given, exit status returned) the file is dropped. */
typedef struct hb_cli_file {
    const char *verb, *path; /* not owned */
    int fd;                  /* -1: not open */
    int special;
} hb_cli_file;
int hb_cli_file_begin(hb_cli_file *f, const char *verb, const char *path);
int hb_cli_file_put(hb_cli_file *f, const void *data, size_t len);
int hb_cli_file_end(hb_cli_file *f);
void hb_cli_file_drop(hb_cli_file *f);

/* The same in one call. */
int hb_cli_write_file(const char *verb, const char *path, const void *data, size_t len);
