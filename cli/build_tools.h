/* What `build` needs from its surroundings: our own guest/ files, a cache directory, compilers, a linker. Results belong to the
 * caller. */
#pragma once
#include <stdbool.h>

/* The directory guest/ of the installation: HB_GUEST_DIR, or found from the place of this executable (../share/hauptbuch/guest of an
 * installation, guest/ of a source tree above a build directory). NULL with a complaint naming `verb`. */
char *hb_build_guest_dir(const char *verb);

/* HAUPTBUCH_CACHE, or $XDG_CACHE_HOME/hauptbuch, or ~/.cache/hauptbuch; created. NULL with a complaint. */
char *hb_build_cache_dir(void);

typedef struct hb_rust_tools {
    char *rustc, *cargo; /* paths */
    char *version_text;  /* what rustc -vV prints: release, commit, LLVM */
    char *release;       /* "1.96.0" */
    char *commit;        /* commit hash of the compiler, as panics name it; "unknown" when it does not say */
    char *library;       /* directory library/ of the matching rust-src */
    char *linker;        /* an ld.lld, the compiler's own if it has one, else the newest */
    char *linker_text;   /* what it says its version is, first line */
} hb_rust_tools;

/* Picks a compiler: HB_RUSTC alone if it is set; otherwise the first of `rustc` in PATH and the distribution's /usr/bin/rustc
 * that is supported (guest/rust/supported-compilers.txt) and has its source. dir: the project, since a toolchain file in it may choose. False with a
 * complaint that names every candidate and what is wrong with it. */
bool hb_build_find_rust(hb_rust_tools *tools, const char *guest, const char *dir);
void hb_build_free_rust(hb_rust_tools *tools);

/* An ld.lld from PATH: HB_LLD, else the highest version number. NULL if there is none. */
char *hb_build_find_lld(void);
