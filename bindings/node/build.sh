#!/bin/bash
# Build bindings/node/build/tomo.node from src/*.c and the static library with the plain C compiler: no node-gyp, no
# download. TOMO_BUILD is the CMake build folder that holds libtomo.a (default: build/ of the source tree).
set -euo pipefail
cd "$(dirname "$0")"
build=${TOMO_BUILD:-../../build}
cc=${CC:-cc}
headers=node_modules/node-api-headers/include
[ -f "$build/libtomo.a" ] || { echo "build.sh: $build/libtomo.a is missing: run make first, or set TOMO_BUILD" >&2; exit 1; }
[ -d "$headers" ] || { echo "build.sh: $headers is missing: run npm ci first" >&2; exit 1; }

# What the static library needs is in its pkg-config file; CMake says with which sanitizer it was built.
packages=$(sed -n 's/^Requires.private: *//p' "$build/tomo.pc" | tr ',' ' ')
libraries=$(sed -n 's/^Libs.private: *//p' "$build/tomo.pc")
sanitize=$(sed -n 's/^TOMO_SANITIZE:[A-Z]*=//p' "$build/CMakeCache.txt")
flags=(-std=gnu17 -O2 -g1 -fPIC -fvisibility=hidden -fno-strict-aliasing
       -Wall -Wextra -Werror -Wshadow -Wvla -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
       -Wno-unused-parameter -Wno-missing-field-initializers)
[ -z "$sanitize" ] || flags+=("-fsanitize=$sanitize" -fno-omit-frame-pointer)

mkdir -p build
# Only the two names that Node looks for leave the addon; the library's own symbols stay inside.
# shellcheck disable=SC2046,SC2086
$cc "${flags[@]}" -isystem "$headers" -I../../include -shared -o build/tomo.node.new src/*.c \
    -Wl,--exclude-libs,ALL -Wl,-z,relro,-z,now \
    "$build/libtomo.a" $(pkg-config --libs $packages) $libraries
mv build/tomo.node.new build/tomo.node
