#!/bin/sh
# The main job, once through: a Rust program with std is built, run, proved and verified. Called by `make demo`.
set -eu
cd "$(dirname "$0")/.."
hauptbuch=build/hauptbuch
out=build/demo
text=guest/examples/rust/word-stats/text.txt
mkdir -p "$out"

say() { printf '\n== %s\n' "$*"; }

say "building the guest: guest/examples/rust/word-stats (the first time also the standard library, about two minutes)"
"$hauptbuch" build guest/examples/rust/word-stats -o "$out/word-stats.elf"
say "its verifying key"
"$hauptbuch" vkey "$out/word-stats.elf" | tee "$out/word-stats.vkey"
say "running it on $text"
"$hauptbuch" run "$out/word-stats.elf" --stdin "$text" | tee "$out/run.txt"
say "proving the run"
"$hauptbuch" prove "$out/word-stats.elf" --stdin "$text" -o "$out/word-stats.proof"
say "verifying the proof, with the key alone"
"$hauptbuch" verify "$out/word-stats.proof" --vkey "$(cat "$out/word-stats.vkey")" --public-values "$out/public.txt"
say "what the proof vouches for (the public values)"
cat "$out/public.txt"
cmp -s "$out/run.txt" "$out/public.txt" && say "that is what the run printed"
say "done: $out has the program, its key, the proof and the public values"
