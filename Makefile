# Only forwards to CMake presets (CMakePresets.json) and tools/. `make help` lists the targets.
.POSIX:
.PHONY: all help setup release checked clang fuzz test quick check-all demo bench format clean

all: release

help:
	@echo "make            build/hauptbuch, build/libhauptbuch.a, build/libhauptbuch.so"
	@echo "make test       install what is missing, build, run every test"
	@echo "make quick      the quick tests only"
	@echo "make check-all  every test with gcc, clang and sanitizers; quick tests under each HB_ISA"
	@echo "make demo       build a guest, execute it, prove, verify"
	@echo "make fuzz bench format clean setup"

setup:
	@tools/setup.sh

release checked clang fuzz:
	@tools/build.sh $@

test: setup release
	@ctest --preset release -j "$$(nproc)"

quick: release
	@ctest --preset release -j "$$(nproc)" -L quick

check-all: setup release checked clang
	ctest --preset release -j "$$(nproc)"
	ctest --preset clang -j "$$(nproc)"
	ctest --preset checked -j "$$(nproc)"
	HB_ISA=avx2 ctest --preset release -j "$$(nproc)" -L quick
	HB_ISA=baseline ctest --preset release -j "$$(nproc)" -L quick

demo: setup release
	@tools/demo.sh

bench: release
	@cmake --build build/release --target benches

format:
	@tools/format.sh

clean:
	rm -rf build
