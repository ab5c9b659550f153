#!/bin/sh
# tools/build.sh <preset>: configures (when needed) and builds build/<preset>. The release build is also linked into build/ itself.
set -eu
cd "$(dirname "$0")/.."
preset=$1
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset"
[ "$preset" = release ] || exit 0
for name in hauptbuch libhauptbuch.a libhauptbuch.so libhauptbuch-verify.a; do
    if [ -e "build/release/$name" ]; then
        ln -sfn "release/$name" "build/$name"
    fi
done
