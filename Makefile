# Tomo's front door. Everything real is in CMakeLists.txt, tools/ and tests/.
.PHONY: all setup demo test check clean asan ubsan tsan clang coverage fuzz fuzz-long bench format ops hostile hostile-long install deid-score
JOBS ?= $(shell nproc)

all: build/build.ninja
	@cmake --build build -j $(JOBS)

build/build.ninja: CMakeLists.txt CMakePresets.json
	@tools/setup.sh build
	@cmake --preset release

setup:            ## install what is missing (apt, npm); nothing else is touched
	@tools/setup.sh all
demo:             ## the main job on real studies: DICOM to report
	@tools/setup.sh demo
	@$(MAKE) --no-print-directory build/build.ninja
	@cmake --build build -j $(JOBS) --target tomo_cli
	@tools/demo.sh
test:             ## every test
	@tools/setup.sh all
	@$(MAKE) --no-print-directory all
	@tools/run_tests.sh build
check: all        ## the quick part, under a minute
	@tools/run_tests.sh build --quick
coverage: export CCACHE_DISABLE = 1
asan ubsan tsan clang coverage: ## the tests again under a sanitizer, another compiler, gcov
	@tools/setup.sh $(if $(filter clang,$@),clang,test)
	@cmake --preset $@
	@cmake --build build-$@ -j $(JOBS)
	@tools/run_tests.sh build-$@
	$(if $(filter coverage,$@),@tools/coverage.sh build-coverage)
fuzz:             ## build the libFuzzer targets and replay the corpora
	@tools/setup.sh clang
	@cmake --preset fuzz
	@cmake --build build-fuzz -j $(JOBS)
	@fuzz/run.sh build-fuzz replay
fuzz-long: fuzz   ## SECONDS=600 a target
	@fuzz/run.sh build-fuzz $(or $(SECONDS),600)
hostile: ## the hostile files under ASan and UBSan
	@cmake --preset asan && cmake --build build-asan -j $(JOBS)
	@TOMO=build-asan/tomo tests/hostile/check_hostile.py
hostile-long: hostile ## ... and 10000 damaged copies of real files through the fuzz targets and every verb (COUNT=n FIRST=n)
	@TOMO=build-asan/tomo python3 tests/hostile/check_mutations.py $(or $(COUNT),10000) $(or $(FIRST),0)
	@TOMO=build-asan/tomo /usr/bin/python3 tests/hostile/check_verbs.py $(or $(COUNT),10000) $(or $(FIRST),0)
deid-score: all   ## known patients planted in all test files, de-identified, scored by MIDI-B's ten actions
	@TOMO_DEID_EVERY=1 /usr/bin/python3 tests/deid/check_score.py
bench:            ## each operation beside its peers, one run, ratios
	@tools/setup.sh build
	@cmake --preset bench
	@cmake --build build-bench -j $(JOBS)
	@bench/run.sh build-bench
ops: all          ## regenerate what comes from the operation tables
	@tools/gen_ops.sh
format:
	@git ls-files '*.c' '*.h' | grep -v gen | xargs clang-format -i
install: all
	@cmake --install build
clean:
	@rm -rf build build-* out bindings/node/build bindings/node/dist
