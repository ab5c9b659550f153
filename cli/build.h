/* Building a guest program from a project directory. */
#pragma once
#include <stdbool.h>

typedef struct hb_build_options {
    const char *dir;      /* the project */
    const char *output;   /* file to write; NULL: <name>.elf in the current directory */
    const char *bin;      /* Rust: which binary; NULL: the only one */
    const char *features; /* Rust: cargo features, comma-separated; NULL: none */
    bool offline;         /* Rust: cargo --offline */
    bool locked;          /* Rust: cargo --locked */
    bool verbose;
} hb_build_options;

/* Each returns an exit status of cli.h and has complained when it is not 0. `guest` as from hb_build_guest_dir. */
int hb_build_rust(const hb_build_options *options, const char *guest);
int hb_build_c(const hb_build_options *options, const char *guest);
