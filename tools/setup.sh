#!/bin/bash
# Install what is missing on Debian 12, and nothing else: setup.sh build|test|fuzz|demo|node|all
set -euo pipefail
what=${1:-all}
build=(gcc g++ cmake ninja-build pkg-config libc6-dev zlib1g-dev libdeflate-dev libjpeg62-turbo-dev
       libopenjp2-7-dev libpng-dev libssl-dev libjansson-dev libcmocka-dev)
demo=(invesalius-examples mricron-data python3)
test=(python3 clang libclang-rt-14-dev dcmtk libgdcm-tools dicom3tools python3-pydicom python3-nibabel)
case $what in
build) want=("${build[@]}") ;;
demo) want=("${build[@]}" "${demo[@]}") ;;
test | fuzz) want=("${build[@]}" "${test[@]}") ;;
node) want=("${build[@]}") ;;
all) want=("${build[@]}" "${demo[@]}" "${test[@]}") ;;
*) echo "setup.sh: '$what' is not one of build, test, fuzz, demo, node, all" >&2; exit 2 ;;
esac
case $what in
node | all)
    for tool in node:nodejs npm:npm; do
        command -v "${tool%%:*}" >/dev/null || want+=("${tool##*:}")
    done ;;
esac

missing=()
for p in "${want[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing: ${missing[*]}"
    sudo=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { echo "setup.sh: needs root (or sudo) to install: ${missing[*]}" >&2; exit 1; }
        sudo=sudo
    fi
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -q >/dev/null
    $sudo apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
fi
