# Only forwards to CMake's presets (CMakePresets.json) and to tools/. `make help` lists the targets.
CTEST = ctest -j "$$(nproc)" --no-label-summary

PREFIX = /usr/local

.PHONY: all help setup release checked clang fuzz test quick check-all demo bench bench-standard docs install soak clean

all: release

help:
	@echo "make            build/hauptbuch, build/libhauptbuch.a, build/libhauptbuch.so"
	@echo "make demo       build a Rust guest, execute it, prove, verify"
	@echo "make test       install what is missing, build, run every test"
	@echo "make quick      build, run the quick tests"
	@echo "make check-all  every test with gcc, clang and sanitizers, the quick ones under each HB_ISA"
	@echo "make bench      build the micro-benchmarks"
	@echo "make fuzz       build the fuzz targets (clang)"
	@echo "make soak       the random tests for hours, with new random numbers (tools/soak.sh)"
	@echo "make bench-standard  build and measure the standard programs (bench/standard.py)"
	@echo "make docs       write docs/chips.md from the rules in the program"
	@echo "make install    PREFIX=/usr/local (and DESTDIR): program, libraries, headers, guest SDKs, man page"
	@echo "make setup | release | checked | clang | clean"

setup:
	@tools/setup.sh

release checked clang fuzz:
	@tools/build.sh $@

bench:
	@tools/build.sh release benches

docs: release
	@build/hauptbuch inspect --chips --markdown > build/chips.md
	@mv build/chips.md docs/chips.md

bench-standard: release
	@bench/standard.py

test: setup
	@tools/build.sh release
	@$(CTEST) --preset release

quick: release
	@$(CTEST) --preset release -L quick

check-all: setup
	@tools/build.sh release
	@tools/build.sh clang
	@tools/build.sh checked
	$(CTEST) --preset release
	$(CTEST) --preset clang
	$(CTEST) --preset checked
	HB_ISA=avx2 $(CTEST) --preset release -L quick
	HB_ISA=baseline $(CTEST) --preset release -L quick

demo: setup
	@tools/build.sh release
	@tools/demo.sh

install: release
	@cmake --install build/release --prefix "$(PREFIX)"

soak:
	@tools/soak.sh

clean:
	rm -rf build
