#!/bin/bash
# The committed table of cases is what its generator prints.
cd "${TOMO_SOURCE:-.}" || exit 1
if /usr/bin/python3 tools/gen_radiomics_cases.py | cmp - src/measure/radiomics_cases.gen.h; then
    echo "1 passed, 0 failed, 0 skipped"
else
    echo "src/measure/radiomics_cases.gen.h is not what tools/gen_radiomics_cases.py prints"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
