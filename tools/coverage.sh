#!/bin/bash
# Lines that the tests of a build folder have run, by room: tools/coverage.sh BUILD_DIR (after make coverage).
set -euo pipefail
build=$(realpath "${1:?usage: tools/coverage.sh BUILD_DIR}")
cd "$(dirname "$0")/.."
for room in src/*/; do
    room=$(basename "$room")
    find "$build/CMakeFiles/room_$room.dir" -name '*.gcda' -exec gcov -n {} + 2>/dev/null |
        awk -v room="$room" -v here="$PWD/src/$room/" '
            /^File / { ours = index($0, here) }
            /^Lines executed:/ && ours { split($2, part, "[:%]"); all += $4; run += part[2] / 100 * $4; ours = 0 }
            END { printf "%-10s %6d lines %6.1f %% run\n", room, all, all ? 100 * run / all : 0 }'
done
