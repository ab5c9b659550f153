#!/usr/bin/env python3
"""Builds and measures the standard programs: cycles, core-microseconds a cycle in all and by phase, peak memory, proof size, verification time.

standard.py [--hauptbuch FILE] [--only NAME,...] [--repeat N] [--json]

One process a program, so that its peak memory is its own. Phases: wall time times threads, so that idle threads count as work. At the end the
goals, and by how much they are missed; with --json one object a line, as `hauptbuch bench --json` prints it. Exit status 1: something failed."""
import argparse
import json
import os
import pathlib
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "guest" / "examples"
TEXT = EXAMPLES / "rust" / "word-stats" / "text.txt"

# name, project, input chunks, standard input, arguments
PROGRAMS = [
    ("empty main", EXAMPLES / "rust/empty", [], None, []),
    ("10000 cycles", EXAMPLES / "rust/fibonacci", [struct.pack("<I", 500)], None, []),
    ("panic (code 1)", EXAMPLES / "rust/exit-codes", [], None, ["panic"]),
    ("word statistics", EXAMPLES / "rust/word-stats", [], TEXT, []),
    ("SHA-256, 2 KiB", EXAMPLES / "rust/sha256", [], None, []),
    ("Keccak, 2 KiB", EXAMPLES / "rust/keccak", [], None, []),
    ("big integers", EXAMPLES / "rust/bigint", [], None, []),
    ("quicksort", EXAMPLES / "rust/quicksort", [], None, []),
    ("fibonacci 2^18", EXAMPLES / "rust/fibonacci", [struct.pack("<I", 1 << 18)], None, []),
    ("C fibonacci 2^20", EXAMPLES / "c/fib", [], None, []),
    ("fibonacci 2^20", EXAMPLES / "rust/fibonacci", [], None, []),
]

# What the figures are held against: (text, does it apply, the value, the most it may be)
GOALS = [
    ("core-us a cycle from 2^21 cycles on", lambda r: r["cycles"] >= 1 << 21, lambda r: r["core_us_per_cycle"], 3.0),
    ("KB of memory a cycle from 2^21 cycles on", lambda r: r["cycles"] >= 1 << 21, lambda r: r["peak_rss_bytes"] / r["cycles"] / 1000, 1.2),
    ("KiB of proof up to 2^22 cycles", lambda r: r["cycles"] <= 1 << 22, lambda r: r["proof_bytes"] / 1024, 560),
    ("KiB of proof up to 2^24 cycles", lambda r: r["cycles"] <= 1 << 24, lambda r: r["proof_bytes"] / 1024, 870),
    ("ms to verify", lambda r: True, lambda r: r["verify_ms"], 5.0),
    ("s to prove up to 10,000 cycles", lambda r: r["cycles"] <= 10100, lambda r: r["wall_s"], 0.15),
    ("MB of memory up to 10,000 cycles", lambda r: r["cycles"] <= 10100, lambda r: r["peak_rss_bytes"] / 1e6, 60),
]


def measure(options, work, program):
    """The figures of one program, or None after a message."""
    name, project, chunks, stdin, arguments = program
    elf = work / f"{project.parent.name}-{project.name}.elf"
    environment = dict(os.environ, CARGO_TARGET_DIR=str(work / "target"))
    done = subprocess.run([options.hauptbuch, "build", project, "-o", elf], capture_output=True, text=True, env=environment)
    if done.returncode == 0:
        command = [options.hauptbuch, "bench", elf, "--json", "--threads", str(options.threads), "--repeat", str(options.repeat)]
        for index, chunk in enumerate(chunks):
            path = work / f"{elf.stem}.input{index}"
            path.write_bytes(chunk)
            command += ["--input", path]
        command += ["--stdin", stdin] if stdin else []
        done = subprocess.run([*command, "--", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{name}: {done.stderr.strip()}", file=sys.stderr)
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]), program=name)


def print_table(results, threads):
    columns = ["program", "cycles", "core-us/cycle", "wall s", "peak MiB", "proof KiB", "verify ms", "execute ms"]
    rows = [[r["program"], f"{r['cycles']:,}", f"{r['core_us_per_cycle']:.2f}", f"{r['wall_s']:.2f}", f"{r['peak_rss_bytes'] / 2**20:.0f}",
             f"{r['proof_bytes'] / 1024:.0f}", f"{r['verify_ms']:.2f}", f"{r['execute_s'] * 1e3:.1f}"] for r in results]
    align([columns, *rows])
    phases = list(results[0]["phases_wall_s"])
    print("\ncore-microseconds a cycle by phase (wall time x threads)\n")
    rows = [[r["program"], *(f"{r['phases_wall_s'][phase] * threads * 1e6 / r['cycles']:.3f}" for phase in phases)] for r in results]
    align([["program", *phases], *rows])


def align(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]))


def print_goals(results):
    print("\ngoals\n")
    for text, applies, value, most in GOALS:
        held = [(value(r), r["program"]) for r in results if applies(r)]
        if held:
            worst, program = max(held)
            print(f"  {'met   ' if worst <= most else 'missed'}  {text}: {worst:.2f} of {most} ({program})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hauptbuch", default=ROOT / "build" / "hauptbuch", help="the program (default: build/hauptbuch)")
    parser.add_argument("--work", default=ROOT / "build" / "bench", type=pathlib.Path, help="where programs and inputs go")
    parser.add_argument("--only", default="", help="names, separated by commas, or parts of them")
    parser.add_argument("--repeat", type=int, default=1, help="the fastest of so many proofs")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--json", action="store_true", help="one object a program, no table")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    wanted = [part for part in options.only.split(",") if part]
    chosen = [p for p in PROGRAMS if not wanted or any(part in p[0] for part in wanted)]
    results = [measure(options, options.work, program) for program in chosen]
    good = [result for result in results if result]
    if options.json:
        for result in good:
            print(json.dumps(result))
    elif good:
        print_table(good, options.threads)
        print_goals(good)
    return 0 if good and len(good) == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
