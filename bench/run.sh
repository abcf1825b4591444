#!/bin/bash
# Each operation beside its peers in one run: bench/run.sh BUILD [OPERATION]
# The peers are the programs of ../shared/peers (PEERS names another place): built into BUILD/peers with their inputs in
# BUILD/peers-data, or taken from PEERS_BUILD and PEERS_DATA. Tomo and the peers take turns, ROUNDS times (default 3), and
# each figure is the best median. Without the peers there is nothing to compare with, and that is said.
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
js=$peers/js
if [ ! -d "$js/node_modules" ] && command -v npm >/dev/null; then
    js=$build/peers-js
    [ -d "$js/node_modules" ] || { cp -r "$peers/js" "$js" && chmod -R u+w "$js" && npm install --no-audit --no-fund --silent --prefix "$js"; }
fi

out=$build/bench.jsonl
: >"$out"
run() { "$@" >>"$out" 2>/dev/null || echo "bench: failed: $(basename "$1") ${*:2}" >&2; }
wants=(meta_1000_files parse_meta meta_to_json write_file load_series transcode_series decode_ encode_ nii gauss3d_s2 median3d resample3d window3d stats3d threshold3d otsu3d
       label3d fill_holes3d ball3_binary distance3d flying_edges mpr_oblique)
[ -z "$only" ] || wants=("$only")
for round in $(seq "${ROUNDS:-3}"); do
    for op in "${wants[@]}"; do
        echo "round $round: $op" >&2
        run "$build/bench_tomo" "$PEERS_DATA" "$op"
        case $op in
        meta_* | parse_* | write_file | load_series)
            run "$peers_build/dicom_dcmtk" "$op"
            run "$peers_build/dicom_gdcm" "$op"
            run node "$js/dicom-io.mjs" "$op"
            run /usr/bin/python3 "$peers/py/dicom_io.py" "$op" ;;
        decode_* | encode_*) run "$peers_build/dicom_dcmtk" "$op"; run "$peers_build/dicom_gdcm" "$op"; run "$peers_build/codec_direct" "$op" ;;
        *nii*) run "$peers_build/volume_io" "$op"; run /usr/bin/python3 "$peers/py/nifti.py" "$op" ;;
        flying_* | mpr_*) for n in 1 2; do run xvfb-run -a /usr/bin/python3 "$peers/py/render.py" "$op" $n; done ;;
        *)
            for p in itk_filters itk_segment cv_filters; do run "$peers_build/$p" "$op"; done
            run /usr/bin/python3 "$peers/py/filters.py" "$op"
            run /usr/bin/python3 "$peers/py/segment.py" "$op" ;;
        esac
    done
done
/usr/bin/python3 bench/ratios.py "$out"
