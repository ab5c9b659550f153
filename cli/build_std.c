#include "cli/build_std.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/build_files.h"
#include "cli/cli.h"
#include "hash/sha256.h"

/* Raised when the way of building changes without any file of guest/ changing. */
#define RECIPE "1"

/* A workspace of its own: the source's own one also wants packages for its tests, which distributions leave out. */
static const char manifest[] =
    "[package]\n"
    "name = \"hauptbuch-sysroot\"\n"
    "version = \"0.0.0\"\n"
    "edition = \"2024\"\n"
    "\n"
    "[workspace]\n"
    "\n"
    "[dependencies.std]\n"
    "path = \"../library/std\"\n"
    "default-features = false\n"
    "features = [\"compiler-builtins-mem\"]\n"
    "\n"
    "[profile.release]\n"
    "opt-level = 3\n"
    "debug = 0\n"
    "# More than one unit: with one, rustc embeds the bitcode that a program's LTO reads before it runs -Cpasses=lower-atomic.\n"
    "codegen-units = 16\n"
    "\n"
    "# One object an intrinsic, as the source's own manifest asks for.\n"
    "[profile.release.package.compiler_builtins]\n"
    "codegen-units = 10000\n"
    "\n"
    "[patch.crates-io]\n"
    "rustc-std-workspace-core = { path = \"../library/rustc-std-workspace-core\" }\n"
    "rustc-std-workspace-alloc = { path = \"../library/rustc-std-workspace-alloc\" }\n";

/* Changes inside files that are otherwise kept: text put behind an anchor, which must occur exactly once. */
typedef struct edit {
    const char *file, *anchor, *insert;
} edit;

static const edit edits[] = {
    {"std/src/sys/exit.rs", "pub fn exit(code: i32) -> ! {\n    cfg_select! {\n",
     "        target_os = \"zkvm\" => {\n            crate::sys::pal::start::end(code)\n        }\n"},
    {"std/src/sys/env_consts.rs", "#[cfg(target_os = \"zkvm\")]\npub mod os {\n    pub const FAMILY: &str = \"\";\n    pub const OS: &str = \"",
     "zkvm"},
};

static bool hash_file(void *ctx, const char *relative, const char *path)
{
    hb_sha256 *hash = ctx;
    size_t length;
    char *data = hb_file_read(path, &length);
    if (!data)
        return false;
    char *head = hb_cli_format("%s %zu\n", relative, length);
    hb_sha256_update(hash, head, strlen(head));
    hb_sha256_update(hash, data, length);
    free(head);
    free(data);
    return true;
}

static char *compute_key(const hb_rust_tools *tools, const char *guest)
{
    hb_sha256 hash;
    hb_sha256_init(&hash);
    char *probe = hb_cli_format("%s/std/src/lib.rs", tools->library);
    struct stat st = {0};
    stat(probe, &st);
    char *head = hb_cli_format("%s\n%s\n%s\n%s %lld %lld\n", RECIPE, manifest, tools->version_text, tools->library,
                               (long long)st.st_size, (long long)st.st_mtime);
    hb_sha256_update(&hash, head, strlen(head));
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        hb_sha256_update(&hash, edits[i].insert, strlen(edits[i].insert));
    static const char *const parts[] = {"rt", "rust/std", "rust/spec"};
    bool ok = true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *dir = hb_cli_format("%s/%s", guest, parts[i]);
        ok = ok && hb_file_walk(dir, hash_file, &hash);
        free(dir);
    }
    char *wrapper = hb_cli_format("%s/rust/rustc-wrapper.sh", guest);
    ok = ok && hash_file(&hash, "wrapper", wrapper);
    uint8_t digest[32];
    hb_sha256_final(&hash, digest);
    free(wrapper);
    free(head);
    free(probe);
    return ok ? hb_cli_format("%02x%02x%02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4], digest[5],
                              digest[6], digest[7])
              : NULL;
}

static bool bad_layout(const hb_rust_tools *tools, const char *file)
{
    hb_cli_complain("build", "the source of the standard library in %s is not laid out as rustc %s's should be: %s is not as expected",
                    tools->library, tools->release, file);
    return false;
}

typedef struct overlay {
    const hb_rust_tools *tools;
    const char *library; /* the copy */
} overlay;

/* Our file takes the place of one of the same name; only in our own directory pal/zkvm may it be a new one. */
static bool lay_over(void *ctx, const char *relative, const char *path)
{
    const overlay *o = ctx;
    char *to = hb_cli_format("%s/%s", o->library, relative);
    bool ok = hb_file_exists(to) || strncmp(relative, "std/src/sys/pal/zkvm/", 21) == 0 || bad_layout(o->tools, relative);
    ok = ok && hb_file_copy(path, to, 0644);
    free(to);
    return ok;
}

static bool apply(const edit *e, const overlay *o)
{
    char *path = hb_cli_format("%s/%s", o->library, e->file);
    char *text = hb_file_exists(path) ? hb_file_read(path, NULL) : NULL;
    char *at = text ? strstr(text, e->anchor) : NULL;
    bool ok = at && !strstr(at + 1, e->anchor);
    if (ok) {
        at += strlen(e->anchor);
        char *changed = hb_cli_format("%.*s%s%s", (int)(at - text), text, e->insert, at);
        ok = hb_file_write(path, changed, strlen(changed), 0644);
        free(changed);
    } else {
        bad_layout(o->tools, e->file);
    }
    free(text);
    free(path);
    return ok;
}

static bool lay_out_source(const char *work, const hb_rust_tools *tools, const char *guest)
{
    char *library = hb_cli_format("%s/library", work), *ours = hb_cli_format("%s/rust/std", guest);
    char *pal = hb_cli_format("%s/std/src/sys/pal/zkvm", library), *rt = hb_cli_format("%s/rt", guest);
    overlay o = {.tools = tools, .library = library};
    bool ok = hb_file_copy_tree(tools->library, library) && hb_file_walk(ours, lay_over, &o) && hb_file_copy_tree(rt, pal);
    for (size_t i = 0; ok && i < sizeof edits / sizeof *edits; i++)
        ok = apply(&edits[i], &o);
    char *sysroot = hb_cli_format("%s/sysroot/src", work), *lib = hb_cli_format("%s/lib.rs", sysroot);
    char *toml = hb_cli_format("%s/sysroot/Cargo.toml", work);
    ok = ok && hb_file_make_dirs(sysroot) && hb_file_write(lib, "", 0, 0644) &&
         hb_file_write(toml, manifest, strlen(manifest), 0644);
    char *lock_from = hb_cli_format("%s/Cargo.lock", tools->library), *lock_to = hb_cli_format("%s/sysroot/Cargo.lock", work);
    char *vendor = hb_cli_format("%s/vendor", library);
    /* Without the distribution's vendored packages cargo fetches them: then in the versions that the source was tested with. */
    if (ok && !hb_dir_exists(vendor) && hb_file_exists(lock_from))
        ok = hb_file_copy(lock_from, lock_to, 0644);
    free(vendor), free(lock_to), free(lock_from), free(toml), free(lib), free(sysroot), free(rt), free(pal), free(ours), free(library);
    return ok;
}

static bool run_cargo(const char *work, const hb_rust_tools *tools, const hb_guest_std *out)
{
    char *toml = hb_cli_format("%s/sysroot/Cargo.toml", work), *target = hb_cli_format("%s/target", work);
    char *vendor = hb_cli_format("%s/library/vendor", work);
    bool vendored = hb_dir_exists(vendor);
    char *source = hb_cli_format("source.hauptbuch.directory=\"%s\"", vendor);
    const char *argv[24] = {tools->cargo, "build", "--quiet", "--release", "-Zjson-target-spec", "-p", "std", "--manifest-path", toml,
                            "--target", out->target_json, "--target-dir", target};
    int n = 13;
    if (vendored) {
        argv[n++] = "--offline";
        argv[n++] = "--config";
        argv[n++] = "source.crates-io.replace-with=\"hauptbuch\"";
        argv[n++] = "--config";
        argv[n++] = source;
    }
    char *rustc = hb_cli_format("RUSTC=%s", tools->rustc), *wrapper = hb_cli_format("RUSTC_WRAPPER=%s", out->wrapper);
    char *json = hb_cli_format("HB_TARGET_JSON=%s", out->target_json), *home = hb_cli_format("CARGO_HOME=%s/home", work);
    char *rustc_args = hb_cli_format("HB_RUSTC_ARGS=-Cembed-bitcode=yes\n-Zforce-unstable-if-unmarked\n"
                                     "--remap-path-prefix=%s/library=/rustc/%s/library",
                                     work, tools->commit);
    const char *env[] = {rustc, wrapper, json, rustc_args, "HB_QUIET=1", "RUSTC_BOOTSTRAP=1", "CARGO_ENCODED_RUSTFLAGS=", "RUSTFLAGS",
                         "CARGO_BUILD_TARGET", "CARGO_TARGET_DIR", "CARGO_INCREMENTAL=0", "RUSTC_WORKSPACE_WRAPPER",
                         vendored ? home : NULL, NULL};
    int status = hb_program_run(argv, env, work, NULL);
    if (status > 0)
        hb_cli_complain("build", "the standard library did not compile with rustc %s", tools->release);
    free(rustc_args), free(home), free(json), free(wrapper), free(rustc), free(source), free(vendor), free(target), free(toml);
    return status == 0;
}

static bool collect_one(void *ctx, const char *relative, const char *path)
{
    size_t n = strlen(relative);
    if (n < 5 || strcmp(relative + n - 5, ".rlib") != 0)
        return true;
    char *to = hb_cli_format("%s/%s", (const char *)ctx, relative);
    bool ok = hb_file_copy(path, to, 0644);
    free(to);
    return ok;
}

static bool collect(const char *work, const hb_rust_tools *tools)
{
    char *from = hb_cli_format("%s/target/" HB_RUST_TARGET "/release/deps", work);
    char *to = hb_cli_format("%s/out/lib/rustlib/" HB_RUST_TARGET "/lib", work);
    bool ok = hb_dir_exists(from) || bad_layout(tools, "what cargo made of it");
    ok = ok && hb_file_make_dirs(to) && hb_file_walk(from, collect_one, to);
    free(to), free(from);
    return ok;
}

/* Puts the target description and the wrapper into `dir` and names them. */
static bool add_helpers(hb_guest_std *out, const char *dir, const char *guest)
{
    char *json = hb_cli_format("%s/rust/spec/" HB_RUST_TARGET ".json", guest);
    char *wrapper = hb_cli_format("%s/rust/rustc-wrapper.sh", guest);
    free(out->target_json), free(out->wrapper);
    out->target_json = hb_cli_format("%s/" HB_RUST_TARGET ".json", dir);
    out->wrapper = hb_cli_format("%s/rustc-wrapper", dir);
    bool ok = (hb_file_exists(out->target_json) || hb_file_copy(json, out->target_json, 0644)) &&
              (hb_file_exists(out->wrapper) || hb_file_copy(wrapper, out->wrapper, 0755));
    free(wrapper), free(json);
    return ok;
}

static bool build_in(const char *work, hb_guest_std *out, const hb_rust_tools *tools, const char *guest)
{
    char *made = hb_cli_format("%s/out", work);
    bool ok = hb_file_make_dirs(made) && add_helpers(out, made, guest) && lay_out_source(work, tools, guest) &&
              run_cargo(work, tools, out) && collect(work, tools);
    if (ok && rename(made, out->dir) != 0) {
        hb_cli_complain("build", "cannot rename %s to %s: %s", made, out->dir, strerror(errno));
        ok = false;
    }
    free(made);
    return ok;
}

bool hb_build_std(hb_guest_std *out, const hb_rust_tools *tools, const char *guest, const char *cache)
{
    *out = (hb_guest_std){.key = compute_key(tools, guest)};
    if (!out->key)
        return false;
    out->dir = hb_cli_format("%s/std-%s-%s", cache, tools->release, out->key);
    char *lock_path = hb_cli_format("%s/lock", cache), *work = hb_cli_format("%s/work-XXXXXX", cache);
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    bool ok = lock >= 0 && flock(lock, LOCK_EX) == 0;
    if (!ok)
        hb_cli_complain("build", "cannot lock %s: %s", lock_path, strerror(errno));
    if (ok && !hb_dir_exists(out->dir)) {
        fprintf(stderr, "hauptbuch build: building the standard library for rustc %s (once)\n", tools->release);
        ok = mkdtemp(work) != NULL && build_in(work, out, tools, guest);
        hb_file_remove_tree(work);
    }
    ok = ok && add_helpers(out, out->dir, guest);
    if (lock >= 0)
        close(lock);
    free(work), free(lock_path);
    return ok;
}

void hb_build_free_std(hb_guest_std *std_lib)
{
    free(std_lib->dir), free(std_lib->key), free(std_lib->target_json), free(std_lib->wrapper);
    *std_lib = (hb_guest_std){0};
}
