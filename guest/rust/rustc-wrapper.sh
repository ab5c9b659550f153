#!/bin/sh
# cargo calls this instead of rustc (RUSTC_WRAPPER): rustc-wrapper RUSTC ARGUMENTS...
#
# Compilations for the guest target get our flags from HB_RUSTC_ARGS (one a line) here rather than from RUSTFLAGS, and a
# -C metadata that names the crate instead of cargo's, which depends on flags and on where things lie on this machine: the metadata
# goes into symbol names and decides the order of functions, and the same source must give the same program everywhere.
# Everything else (build scripts, procedural macros, questions about the compiler) goes through unchanged.
rustc=$1
shift

guest=no crate= types= previous=
for arg do
    case $previous in
        --target) [ "$arg" = "$HB_TARGET_JSON" ] && guest=yes ;;
        --crate-name) crate=$arg ;;
        --crate-type) types=$types-$arg ;;
    esac
    case $arg in
        --target="$HB_TARGET_JSON") guest=yes ;;
        --test) types=$types-test ;;
    esac
    previous=$arg
done
if [ $guest = no ]; then
    unset RUSTC_BOOTSTRAP
    exec "$rustc" "$@"
fi

# A package from a registry is the same wherever it was unpacked, be it cargo's own place or a vendor directory; its files are named
# after it in messages. Packages from git are told apart by their folder.
home=${CARGO_HOME:-$HOME/.cargo}
package=$CARGO_PKG_NAME remap=
case $CARGO_MANIFEST_DIR in
    "$home"/registry/* | */vendor/*) remap=--remap-path-prefix=$CARGO_MANIFEST_DIR=/deps/$CARGO_PKG_NAME-$CARGO_PKG_VERSION ;;
    "$home"/git/*) package=${CARGO_MANIFEST_DIR#"$home"/} ;;
esac
metadata=hauptbuch-$package-$CARGO_PKG_VERSION-$crate$types

count=$#
while [ $count -gt 0 ]; do
    arg=$1
    shift
    case $arg in
        metadata=*) arg=metadata=$metadata ;;
    esac
    set -- "$@" "$arg"
    count=$((count - 1))
done
# Warnings about the standard library are not the user's; but cargo reads the ones that answer its questions (crate ___).
[ -n "$HB_QUIET" ] && [ "$crate" != ___ ] && set -- "$@" --cap-lints=allow
IFS='
'
set -f
export RUSTC_BOOTSTRAP=1
exec "$rustc" "$@" -Zunstable-options -Cpasses=lower-atomic -Cforce-unwind-tables=no $HB_RUSTC_ARGS $remap
