#!/bin/bash
# Install what is missing on Debian 12, and nothing else: setup.sh build|demo|test|node|clang|all
# all = what `make test` needs. npm comes as some 360 small packages and clang as 300 MB, so each is asked for only
# where it is used: the demo needs neither.
set -euo pipefail
what=${1:-all}
build=(gcc g++ cmake ninja-build pkg-config libc6-dev zlib1g-dev libbz2-dev libdeflate-dev libjpeg62-turbo-dev
       libopenjp2-7-dev libopenjph-dev libpng-dev libtiff-dev libwebp-dev libssl-dev libjansson-dev libcmocka-dev)
demo=(invesalius-examples mricron-data python3)
test=(ffmpeg libavformat-dev libswscale-dev python3 dcmtk libgdcm-tools dicom3tools python3-pydicom python3-nibabel)
clang=(clang libclang-rt-14-dev)
want=("${build[@]}")
case $what in
build | node) ;;
demo) want+=("${demo[@]}") ;;
test) want+=("${demo[@]}" "${test[@]}") ;;
clang) want+=("${demo[@]}" "${test[@]}" "${clang[@]}") ;;
all) want+=("${demo[@]}" "${test[@]}") ;;
*) echo "setup.sh: '$what' is not one of build, demo, test, node, clang, all" >&2; exit 2 ;;
esac
case $what in
node | all) # not by package name: node may be there from elsewhere
    for tool in node:nodejs npm:npm; do
        command -v "${tool%%:*}" >/dev/null || want+=("${tool##*:}")
    done ;;
esac

missing=()
for p in "${want[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "setup.sh: needs root (or sudo) to install: ${missing[*]}" >&2; exit 1; }
    sudo=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "installing: ${missing[*]}"
apt() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q "$@" >>"$log" 2>&1; }
start=$SECONDS
if ! apt update || ! apt install -y --no-install-recommends "${missing[@]}"; then
    tail -n 30 "$log" >&2
    echo "setup.sh: apt-get failed, see above" >&2
    exit 1
fi
echo "installed $(grep -c '^Setting up ' "$log") packages in $((SECONDS - start)) s"
