#!/bin/bash
# Each operation beside its peers in one run: bench/run.sh BUILD [OPERATION]
# The peers are the programs of ../shared/peers (PEERS names another place): built into BUILD/peers with their inputs in
# BUILD/peers-data, or taken from PEERS_BUILD and PEERS_DATA. Tomo and the peers take turns, ROUNDS times (default 3), and
# each figure is the best median. A run of all operations writes docs/benchmarks.md. Without the peers there is nothing to
# compare with, and that is said.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "$1")
only=${2:-}
peers=$(realpath -m "${PEERS:-../shared/peers}")
if [ ! -d "$peers" ]; then
    echo "bench: no programs of peers at $peers; set PEERS" >&2
    exit 1
fi
export PEERS_BUDGET_S=${PEERS_BUDGET_S:-2}
export PEERS_DATA=${PEERS_DATA:-$build/peers-data}
peers_build=${PEERS_BUILD:-$build/peers}
if [ ! -e "$PEERS_DATA/mr.nii" ]; then
    echo "bench: making the peers' inputs (2 minutes, 1 GB)" >&2
    mkdir -p "$PEERS_DATA"
    /usr/bin/python3 "$peers/make-inputs.py"
fi
if [ ! -x "$peers_build/dicom_dcmtk" ]; then
    echo "bench: building the peers (3 minutes)" >&2
    cmake -S "$peers/cpp" -B "$peers_build" -G Ninja >/dev/null
    ninja -C "$peers_build" >/dev/null
fi
# Operations that those programs lack are timed by ours beside them (bench/peers), with the same helpers.
more=$build/peers-more
if compgen -G "bench/peers/*.cpp" >/dev/null; then
    cmake -S bench/peers -B "$more" -G Ninja -DPEERS="$peers" >/dev/null
    ninja -C "$more" >/dev/null
fi
js=$peers/js
if [ ! -d "$js/node_modules" ] && command -v npm >/dev/null; then
    js=$build/peers-js
    [ -d "$js/node_modules" ] || { cp -r "$peers/js" "$js" && chmod -R u+w "$js" && npm install --no-audit --no-fund --silent --prefix "$js"; }
fi

out=$build/bench.jsonl
: >"$out"
run() { "$@" >>"$out" 2>/dev/null || echo "bench: failed: $(basename "$1") ${*:2}" >&2; }
peer() { # SOURCE OPERATION COMMAND...: only a program whose source names the operation, perhaps up to its last digits
    local source=$1 op=$2
    shift 2
    if grep -qF "\"$op" "$source" || grep -qF "\"${op%%[0-9]}" "$source"; then run "$@" "$op"; fi
}
mapfile -t wants < <("$build/bench_tomo" --list | sort -u | awk -v only="$only" 'index($2, only)')
for round in $(seq "${ROUNDS:-3}"); do
    for want in "${wants[@]}"; do
        area=${want% *} op=${want#* }
        echo "round $round: $op" >&2
        run "$build/bench_tomo" "$PEERS_DATA" "$op"
        case $area in
        dicom-io)
            run "$peers_build/dicom_dcmtk" "$op"
            run "$peers_build/dicom_gdcm" "$op"
            run node "$js/dicom-io.mjs" "$op"
            run /usr/bin/python3 "$peers/py/dicom_io.py" "$op" ;;
        codec) for p in dicom_dcmtk dicom_gdcm codec_direct; do run "$peers_build/$p" "$op"; done ;;
        nifti) run "$peers_build/volume_io" "$op"; run /usr/bin/python3 "$peers/py/nifti.py" "$op" ;;
        render) for n in 1 2; do run xvfb-run -a /usr/bin/python3 "$peers/py/render.py" "$op" $n; done ;;
        *)
            for p in itk_filters itk_segment cv_filters; do peer "$peers/cpp/$p.cpp" "$op" "$peers_build/$p"; done
            for p in filters segment; do peer "$peers/py/$p.py" "$op" /usr/bin/python3 "$peers/py/$p.py"; done
            for p in bench/peers/*.py; do [ ! -e "$p" ] || PYTHONPATH=$peers/py peer "$p" "$op" /usr/bin/python3 "$p"; done
            for p in bench/peers/*.cpp; do
                [ ! -e "$p" ] || peer "$p" "$op" "$more/$(basename "$p" .cpp)"
            done ;;
        esac
    done
done
# The whole table is what docs/ shows.
if [ -z "$only" ]; then /usr/bin/python3 bench/ratios.py "$out" docs; else /usr/bin/python3 bench/ratios.py "$out"; fi
