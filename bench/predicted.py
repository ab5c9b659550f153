#!/usr/bin/env python3
"""Core-nanoseconds a cycle by phase of a proof: predicted from the unit costs of the measured kernels, and measured. Two rows of a Markdown table.

predicted.py [--hauptbuch FILE] [--measured FILE] NAME PROG [options of bench]

The prediction counts what `hauptbuch inspect --chips` counts for the run: committed cells, leaves of products and fractions. Measured is the CPU time of all threads in
`hauptbuch bench --json`, whose output may be given as FILE instead of being made now; for planning and executing, which have one thread, its wall time."""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# Nanoseconds of one core with AVX-512, of the kernels by themselves (the design's cost model).
CELL = 6.4 + 2.1                     # encoding at rate 1/2; hashing with the nodes
FINGERPRINT = 2.1                    # of a leaf
PRODUCT_LEAF, FRACTION_LEAF = 19.4, 40.5  # over the whole tree
ROW_CONSTRAINTS = 55 + 13 + 19 + 14  # skip round, fold, tail, linear part: an average row, one a cycle
OPENING = 57                         # an average cycle of 26 cells
EXECUTE_AND_FILL = 50

FILLING = ["filling tables", "counting lookups"]


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return done.stdout


def predicted(cells, products, fractions):
    return {"executing, filling, counting": EXECUTE_AND_FILL, "committing": CELL * cells, "bus leaves": FINGERPRINT * (products + fractions),
            "bus trees": PRODUCT_LEAF * products + FRACTION_LEAF * fractions, "constraints": ROW_CONSTRAINTS, "opening": OPENING}


def measured(figures):
    phases, per_cycle = figures["phases_cpu_s"], 1e9 / figures["cycles"]
    result = {"executing, filling, counting": (figures["plan_s"] + figures["execute_s"] + sum(phases[p] for p in FILLING)) * per_cycle}
    result.update({p: s * per_cycle for p, s in phases.items() if p not in FILLING})
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hauptbuch", default=ROOT / "build/release/hauptbuch")
    parser.add_argument("--measured", help="what `hauptbuch bench --json` printed")
    parser.add_argument("name")
    parser.add_argument("program")
    options, rest = parser.parse_known_args()
    text = run(options.hauptbuch, "inspect", "--chips", options.program, *rest)
    found = re.search(r"([\d.]+) a cycle; leaves a cycle: ([\d.]+) products, ([\d.]+) fractions", text)
    if not found:
        sys.exit("inspect --chips says nothing of the run")
    cells, products, fractions = map(float, found.groups())
    text = pathlib.Path(options.measured).read_text() if options.measured else run(options.hauptbuch, "bench", options.program, *rest, "--json")
    figures = json.loads(text)
    want, have = predicted(cells, products, fractions), measured(figures)
    print(f"| {options.name}, predicted | {figures['cycles']:,} | {cells:.1f} / {products:.1f} / {fractions:.1f} | " + " | ".join(f"{want[p]:.0f}" for p in want) + f" | {sum(want.values()):.0f} |")
    print(f"| {options.name}, measured | | | " + " | ".join(f"{have[p]:.0f}" for p in want) + f" | {sum(have[p] for p in want):.0f} |")


if __name__ == "__main__":
    main()
