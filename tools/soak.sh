#!/bin/sh
# tools/soak.sh [seconds of each fuzz target, default 1200]: the random tests again, for hours, with new random numbers: all bits of a proof, 50,000 faults of the
# executor, 50,000 edits of cells, forged rows of every chip with more trials, random programs, fuzzing. HB_SEED chooses the numbers (default: the date); a
# failure prints it. Findings of fuzzing stay in build/fuzz/findings, inputs that were interesting in build/fuzz/kept.
set -u
cd "$(dirname "$0")/.."
seconds=${1:-1200}
HB_SEED=${HB_SEED:-$(date +%Y%m%d%H%M)}
HB_SOURCE_DIR=$PWD
HB_BUILD_DIR=$PWD/build/release
HB_BUILD_TYPE=Release
HB_CLI=$PWD/build/release/hauptbuch
export HB_SEED HB_SOURCE_DIR HB_BUILD_DIR HB_BUILD_TYPE HB_CLI
tools/build.sh release || exit 3
failed=

# soak NAME [VARIABLE=VALUE...]: one test of the release build
soak() {
    name=$1
    shift
    echo "=== $name $*"
    if ! env "$@" "build/release/$name"; then
        failed="$failed $name"
    fi
}

soak proof_flips_test HB_PROOF_FLIPS=all
soak executor_faults_full_test HB_EXECUTOR_FAULTS=50000
soak cell_edits_full_test HB_CELL_EDITS=50000
soak chips_forge_full_test HB_ROWS=48 HB_TRIALS=20000
soak bcode_diff_full_test HB_SOAK_PROGRAMS=20000 HB_SOAK_SEED="$HB_SEED"
soak ledger_flip_full_test HB_FLIPS=100000
soak ledger_crash_full_test HB_CRASH_ROUNDS=2000
for script in fuzz_targets command_line; do
    echo "=== $script"
    if ! HB_FUZZ_SECONDS=$seconds HB_FUZZ_SEED=$HB_SEED HB_FUZZ_CORPUS=$PWD/build/fuzz/kept python3 "tests/fuzz/${script}_full_test.py"; then
        failed="$failed ${script}_full_test"
    fi
done

if [ -n "$failed" ]; then
    echo "HB_SEED=$HB_SEED: failed:$failed"
    exit 1
fi
echo "HB_SEED=$HB_SEED: nothing found"
