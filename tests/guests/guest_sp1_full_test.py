"""A guest of the public crate sp1-zkvm, v6 (guest/examples/sp1-compat): builds, runs, and its runs are proved, however they end. Needs the registry of Rust crates."""
import pathlib
import struct
import tempfile

import guest_support as g

EXAMPLE = g.ROOT / "guest" / "examples" / "sp1-compat"
TEXT = "to be or not to be that is the question whether tis nobler in the mind to suffer".encode()
program = None


def order(top, square, end=""):
    """bincode of the example's Order"""
    return struct.pack("<IQQ", top, square, len(end)) + end.encode()


def public_values(top, root=None):
    words = TEXT.decode().split()
    ranked = sorted({(-words.count(word), word) for word in words})[:top]
    values = struct.pack("<I", len(words)) + b"".join(word.encode() + struct.pack("<I", -count) for count, word in ranked)
    return values + (struct.pack("<Q", root) if root is not None else b"")


def fetched_copy():
    """A copy outside the source tree with its packages at hand, or the test is skipped."""
    copy = g.WORK / "sp1-compat"
    if not copy.exists():
        g.fresh_copy(EXAMPLE, g.WORK)
    for file in ("Cargo.toml", "src/main.rs"):
        (copy / file).write_bytes((EXAMPLE / file).read_bytes())
    cargo = "/usr/bin/cargo" if pathlib.Path("/usr/bin/cargo").exists() else "cargo"
    compiler = {"RUSTC": "/usr/bin/rustc"} if pathlib.Path("/usr/bin/rustc").exists() else {}
    done = g.run([cargo, "fetch", "--manifest-path", copy / "Cargo.toml"], env=dict(g.ENVIRONMENT, CARGO_NET_RETRY="1", **compiler))
    if done.returncode != 0:
        g.skip("the packages of sp1-zkvm cannot be had here:\n" + done.stderr.decode()[-500:])
    return copy


def results():
    guest = g.run_guest(program, inputs=[order(3, 1 << 40), TEXT])
    g.equal("end", (guest.code, guest.stderr), (0, b""))
    g.equal("stdout", guest.stdout, b"to: 3\nbe: 2\nthe: 2\n")
    g.equal("public values", guest.public, public_values(3, 1 << 20))
    assert guest.report["unconstrained_cycles"] > 0


def ends():
    """The digest that is committed covers what was written before, by whichever runtime (run_guest compares the two)."""
    cases = [
        ([order(2, 81, "panic"), TEXT], 1, b"as the order says", public_values(2, 9)),
        ([order(2, 81, "exit"), TEXT], 7, b"", public_values(2, 9)),
        ([order(2, 82), TEXT], 1, b"82 is not a square", public_values(2)),
        ([order(2, 81)], 3, b"input stream", b""),
        ([b"\1", TEXT], 3, b"", b""),
        ([], 3, b"input stream", b""),
        ([order(1, 81), b"\xff"], 1, b"UTF-8", b""),
    ]
    for inputs, code, message, public in cases:
        guest = g.run_guest(program, inputs=inputs)
        g.equal(f"{inputs}: code", guest.code, code)
        assert message in guest.stderr, (inputs, guest.stderr)
        g.equal(f"{inputs}: public values", guest.public, public)


def proofs():
    with tempfile.TemporaryDirectory() as directory:
        for end, code in (("", 0), ("panic", 1), ("exit", 7)):
            proof, public = pathlib.Path(directory, "proof"), pathlib.Path(directory, "public")
            command = [g.CLI, "prove", program, "-o", proof]
            for index, data in enumerate([order(2, 81, end), TEXT]):
                path = pathlib.Path(directory, f"input{index}")
                path.write_bytes(data)
                command += ["--input", path]
            done = g.run(command)
            g.equal(f"proving {end!r}: {done.stderr.decode()}", done.returncode, 0)
            done = g.run([g.CLI, "verify", proof, "--program", program, "--exit-code", code, "--public-values", public])
            g.equal(f"verifying {end!r}: {done.stderr.decode()}", done.returncode, 0)
            g.equal("public values", public.read_bytes(), public_values(2, 9))
            g.equal("another code", g.run([g.CLI, "verify", proof, "--program", program, "--exit-code", code + 1]).returncode, 1)


if __name__ == "__main__":
    g.WORK.mkdir(parents=True, exist_ok=True)
    program = g.build(fetched_copy())
    g.main([results, ends, proofs])
