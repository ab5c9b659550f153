/* The standard library for guests: an untouched copy of the installed rust-src, our platform files laid over it, compiled once a
 * compiler and kept in the cache. */
#pragma once
#include <stdbool.h>

#include "cli/build_tools.h"

#define HB_RUST_TARGET "riscv64im-hauptbuch-zkvm"

typedef struct hb_guest_std {
    char *dir;         /* <cache>/std-<release>-<key>: a sysroot */
    char *key;         /* 16 hex digits: changes with the compiler, the source and our files */
    char *target_json; /* in dir */
    char *wrapper;     /* RUSTC_WRAPPER for cargo, in dir (guest/rust/rustc-wrapper.sh) */
} hb_guest_std;

/* Finds it in the cache or builds it (about half a minute, says so on stderr; other processes wait). False with a complaint. */
bool hb_build_std(hb_guest_std *std_lib, const hb_rust_tools *tools, const char *guest, const char *cache);
void hb_build_free_std(hb_guest_std *std_lib);
