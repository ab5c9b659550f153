#!/bin/sh
# Installs what building and testing need, on Debian 12: looks for each thing, and asks apt-get only for the packages of those that are
# not there. Says what is missing when it may not install. Exit status 1 only when something without which nothing builds is missing;
# tests that need an absent optional thing are skipped and say so.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }
lib() { has pkg-config && pkg-config --exists "$1"; }
file() { [ -e "$1" ]; }
sanitizers() { has clang && file "$(clang -print-resource-dir)/lib/linux"; }

# need, check, package. `need` is must or may. One line a thing; rooms add theirs here.
things='
must has:cmake cmake
must has:ninja ninja-build
must has:gcc gcc
may has:g++ g++
must has:make make
must has:pkg-config pkg-config
must has:python3 python3
must has:readelf binutils
must lib:cmocka libcmocka-dev
must lib:jansson libjansson-dev
may lib:lmdb liblmdb-dev
may has:clang clang
may has:ld.lld lld
may has:llvm-ar llvm
may sanitizers: libclang-rt-14-dev
may has:node nodejs
may has:mandoc mandoc
may has:qemu-riscv64 qemu-user
may has:riscv64-unknown-elf-gcc gcc-riscv64-unknown-elf
may file:/usr/lib/picolibc/riscv64-unknown-elf picolibc-riscv64-unknown-elf
may file:/usr/bin/rustc rustc-web
may file:/usr/bin/cargo cargo-web
may file:/usr/lib/rustlib/src/rust/library/Cargo.toml rust-web-src
'

# Prints the packages of the things that are not there; with an argument, only of those with that need.
missing() {
    echo "$things" | while read -r need check package; do
        [ -n "$need" ] || continue
        [ -z "${1-}" ] || [ "$need" = "$1" ] || continue
        "${check%%:*}" "${check#*:}" || echo "$package"
    done
}

[ -n "$(missing)" ] || exit 0

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    if ! has apt-get; then
        echo "setup: no apt-get here" >&2
    elif [ "$(id -u)" != 0 ] && ! { has sudo && sudo -n true 2>/dev/null; }; then
        echo "setup: not root and no sudo without a password" >&2
    else
        return 0
    fi
    return 1
}

# --no-remove: rather fail than take away, say, another Rust.
install() {
    [ $# -gt 0 ] || return 0
    echo "setup: installing $*" >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends --no-remove \
        install "$@" >&2
}

if may_install; then
    as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 || echo "setup: apt-get update failed, using the lists at hand" >&2
    # Apart, so that an optional package that cannot be had does not keep the others away. Unquoted: lists of words.
    # shellcheck disable=SC2046
    install $(missing must) || true
    # shellcheck disable=SC2046
    install $(missing may) || true
fi

still=$(missing | tr '\n' ' ')
[ -z "$still" ] && exit 0
echo "setup: still missing: $still" >&2
echo "setup: install them by hand: apt-get install --no-install-recommends $still" >&2
must=$(missing must | tr '\n' ' ')
if [ -n "$must" ]; then
    echo "setup: cannot build without: $must" >&2
    exit 1
fi
echo "setup: going on without them; tests that need them are skipped" >&2
