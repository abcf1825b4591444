#!/bin/bash
# Regenerate what comes from the operation tables, in place or into the folder given.
set -euo pipefail
cd "$(dirname "$0")/.."
json=$(mktemp)
trap 'rm -f "$json"' EXIT
"${TOMO:-build/tomo}" ops >"$json"
/usr/bin/python3 tools/gen_ops.py "$json" "${1:-.}"
