"""docs/chips.md is what `hauptbuch inspect --chips --markdown` prints (`make docs` writes it), and says something of every table."""
import os
import pathlib
import re
import subprocess
import sys

FILE = pathlib.Path(os.environ["HB_SOURCE_DIR"], "docs", "chips.md")
CLI = os.environ["HB_CLI"]


def main():
    printed = subprocess.run([CLI, "inspect", "--chips", "--markdown"], check=True, capture_output=True, text=True).stdout
    short = subprocess.run([CLI, "inspect", "--chips"], check=True, capture_output=True, text=True).stdout
    problems = []
    # The two forms tell the same: columns, constraints, lookups.
    for line in short.splitlines()[1:]:
        name, fixed, cells, rules, *_, lookups = line.split()
        row = re.search(rf"^\| \[{name}\]\(#{name}\) \|(.*)\|$", printed, re.M)
        cellsof = [cell.strip() for cell in row[1].split("|")] if row else []
        if not row or (cellsof[:3], cellsof[7]) != ([fixed, cells, rules], lookups):
            problems.append(f"{name}: the tables tell {line!r} and {row and row[0]!r}")
        if f"\n## {name}\n" not in printed:
            problems.append(f"{name}: no section")
    if len(short.splitlines()) < 20:
        problems.append("there are hardly any tables")
    if not FILE.exists() or FILE.read_text() != printed:
        problems.append("docs/chips.md is not what the program prints: run `make docs` and commit the file")
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
