#!/usr/bin/env python3
"""hauptbuch bench --design-table: a row for every phase, gas by the prices of docs/gas-prices.md, aggregation not there; bad calls and programs are refused."""
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

CLI, SOURCE = os.environ["HB_CLI"], Path(os.environ["HB_SOURCE_DIR"])


def bench(*arguments, status=0):
    done = subprocess.run([CLI, "bench", "--design-table", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done.stdout if status == 0 else done.stderr


def prices():
    text = (SOURCE / "docs/gas-prices.md").read_text().replace(",", "")
    proof = re.search(r"\| proof generation \| (\d+) and (\d+) for every", text)
    verification = re.search(r"\| verification \| (\d+) and (\d+) for every byte", text)
    return [int(n) for n in (*proof.groups(), *verification.groups())]


def proof_of(directory):
    """Cycles and bytes of the same program's proof."""
    program, proof = Path(directory, "transfers.hbc"), Path(directory, "transfers.proof")
    for command in (["asm", SOURCE / "guest/examples/bytecode/transfers.hba", "-o", program], ["prove", program, "-o", proof]):
        subprocess.run([CLI, *map(str, command)], check=True, capture_output=True)
    ran = subprocess.run([CLI, "bench", str(program), "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(ran)["cycles"], proof.stat().st_size


with tempfile.TemporaryDirectory() as directory:
    table = json.loads(bench("--json", "--repeat", 1))
    a_proof, a_cycle, a_verification, a_byte = prices()
    cycles, size = proof_of(directory)
    assert table["execution"]["gas"] == 150000, table
    assert table["proof generation"]["gas"] == a_proof + a_cycle * cycles, (table, cycles)
    assert table["verification"]["gas"] == a_verification + a_byte * size, (table, size)
    assert table["aggregation"] is None
    assert all(row["ms"] > 0 and row["bytes"] > 0 for row in table.values() if row), table
    text = bench("--repeat", 1, "--threads", 1, SOURCE / "guest/examples/bytecode/transfers.hba")
    assert re.search(r"^execution +\S+ ms +150000 ", text, re.M) and re.search(r"^aggregation +not there ", text, re.M), text
    reverting = Path(directory, "reverting.hba")
    reverting.write_text("    REVERT\n")
    assert "ends with" in bench(reverting, status=1)
    assert "line 1" in bench(__file__, status=1)
    bench(Path(directory, "none.hba"), status=3)
    bench("--repeat", 0, status=2)
