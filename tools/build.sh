#!/bin/sh
# tools/build.sh <preset> [target...]: configures (the first time) and builds build/<preset>. What the release build makes for users is
# also found in build/ itself.
set -eu
cd "$(dirname "$0")/.."
preset=$1
shift
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
if [ $# -gt 0 ]; then
    cmake --build --preset "$preset" --target "$@"
else
    cmake --build --preset "$preset"
fi
[ "$preset" = release ] || exit 0
for name in hauptbuch libhauptbuch.a libhauptbuch.so libhauptbuch-verify.a; do
    if [ -e "build/release/$name" ]; then
        ln -sfn "release/$name" "build/$name"
    fi
done
