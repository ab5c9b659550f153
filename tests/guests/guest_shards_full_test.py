"""Guests proved in shards of forced sizes (2^12, 2^16, 2^20 cycles): however a run is cut, the proof verifies, with its exit code alone, and its public values are those of the run.
HB_SOAK_SHARDS=1 tries every program at every size; the sizes below keep the number of shards small."""
import json
import os
import pathlib
import tempfile

import guest_support as g

EXAMPLES = g.ROOT / "guest" / "examples"
# project, input chunks, standard input, arguments, exit code, log2 of the sizes
CASES = [
    ("rust/empty", [], b"", [], 0, (12, 16)),
    ("rust/exit-codes", [], b"", ["panic"], 1, (12, 16)),
    ("c/hello", [b"name"], b"", [], 0, (12, 16)),
    ("rust/keccak", [], b"", [], 0, (16,)),
    ("rust/sha256", [], b"", [], 0, (16, 20)),
    ("rust/quicksort", [], b"", [], 0, (16, 20)),
    ("rust/word-stats", [], (EXAMPLES / "rust/word-stats/text.txt").read_bytes(), [], 0, (16,)),
]
SOAK = bool(os.environ.get("HB_SOAK_SHARDS"))


def prove(directory, program, inputs, stdin, arguments, code, log2):
    proof, values = directory / "proof", directory / "values"
    command = [g.CLI, "prove", program, "-o", proof, "--json", "--shard-cycles", 1 << log2, "--stdin", directory / "stdin"]
    for i, data in enumerate(inputs):
        (directory / f"input{i}").write_bytes(data)
        command += ["--input", directory / f"input{i}"]
    done = g.run([*command, "--", *arguments])
    assert done.returncode == 0, done.stderr.decode()
    verify = [g.CLI, "verify", proof, "--program", program, "--public-values", values]
    assert g.run([*verify, "--exit-code", code]).returncode == 0, "it verifies"
    assert g.run([*verify, "--exit-code", code + 1]).returncode == 1, "with no other exit code"
    assert g.run([*verify, "--exit-code", code]).returncode == 0
    return json.loads(done.stdout), values.read_bytes()


def shards_of_forced_sizes():
    for name, inputs, stdin, arguments, code, sizes in CASES:
        program = g.build(EXAMPLES / name)
        result = g.run_guest(program, arguments, stdin=stdin, inputs=inputs)
        g.equal(f"{name}: exit code", result.code, code)
        for log2 in (12, 16, 20) if SOAK else sizes:
            with tempfile.TemporaryDirectory() as place:
                directory = pathlib.Path(place)
                (directory / "stdin").write_bytes(stdin)
                report, values = prove(directory, program, inputs, stdin, arguments, code, log2)
                g.equal(f"{name}, 2^{log2}: shards", report["shards"], -(-report["cycles"] // (1 << log2)))
                g.equal(f"{name}, 2^{log2}: public values", values, result.public)


g.main([shards_of_forced_sizes])
