#!/bin/bash
# De-identify 1000 small files: Tomo beside gdcmanon and dicom-anonymizer, in turns: bench/deid.sh BUILD [ROUNDS]
# Files come from BUILD/peers-data (PEERS_DATA), which bench/run.sh makes; results go to memory (/dev/shm), so that the
# disk, which only Tomo waits for, is left out. Prints elapsed, user and
# system seconds of each turn, and ratios of medians, of elapsed and of processor time.
set -euo pipefail
build=$(realpath "$1")
rounds=${2:-3}
small=${PEERS_DATA:-$build/peers-data}/dicom/small
tomo=${TOMO:-$build/tomo}
work=$(mktemp -d /dev/shm/tomo-deid-XXXXXX)
trap 'rm -rf "$work"' EXIT
[ -d "$small" ] || { echo "deid: no files at $small; run bench/run.sh first, or set PEERS_DATA" >&2; exit 1; }
head -c 32 /dev/urandom >"$work/key"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/rsa.key" -out "$work/rsa.pem" -days 2 -subj /CN=x 2>/dev/null
TIMEFORMAT='%R %U %S'
turn() {
    local name=$1 took
    shift
    rm -rf "$work/out"
    [ "$name" != dicom-anonymizer ] || mkdir "$work/out"
    took=$({ time "$@" >/dev/null 2>&1; } 2>&1) || { echo "$name failed" >&2; return; }
    echo "$name $took $(find "$work/out" -type f | wc -l)" | tee -a "$work/times"
}
round=0
for _ in $(seq "$rounds"); do
    turn tomo "$tomo" deid run "$small" "$work/out" --key "$work/key" --quiet
    turn tomo-1-thread "$tomo" deid run "$small" "$work/out" --key "$work/key" --quiet --threads 1
    turn gdcmanon gdcmanon -e -c "$work/rsa.pem" -r --continue "$small" "$work/out"
    [ "${round:=0}" -ge "${SLOW_ROUNDS:-1}" ] || turn dicom-anonymizer "${DICOM_ANONYMIZER:-dicom-anonymizer}" "$small" "$work/out"
    round=$((round + 1))
done
/usr/bin/python3 - "$work/times" <<'PY'
import statistics
import sys
wall, cpu = {}, {}
for line in open(sys.argv[1]):
    name, real, user, system, files = line.split()
    wall.setdefault(name, []).append(float(real))
    cpu.setdefault(name, []).append(float(user) + float(system))
for name in wall:
    w, c = (statistics.median(t[name]) for t in (wall, cpu))
    print("%-18s %8.3f s %7.1f times tomo;  processor %8.3f s %7.1f times tomo" % (
        name, w, w / statistics.median(wall["tomo"]), c, c / statistics.median(cpu["tomo"])))
PY
