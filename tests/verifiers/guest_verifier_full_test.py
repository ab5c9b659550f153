"""The verifier as a guest of the machine: it runs in the executor on good and bad proofs, says what the native verifier says, and commits to what it checked.

Accepting takes more than 2^25 instructions: it is run, with the count printed. Proving it takes shards and half a minute of core time (verifiers/guest/README.md)."""
import os
import pathlib
import random
import struct
import sys
import tempfile

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
sys.path.insert(0, str(ROOT / "tests" / "guests"))
import guest_support as g  # noqa: E402

PROJECT = g.BUILD / "verifier_guest"
random.seed(3)


def guest(program, chunks):
    """(exit code, stderr, public values, cycles)"""
    result = g.run_guest(program, inputs=chunks)
    return result.code, result.stderr.decode(), result.public, result.report["cycles"]


def native(proof, key, code):
    done = g.run([g.CLI, "verify", proof, "--vkey", key.hex(), "--exit-code", code])
    return done.returncode, done.stderr.decode().removeprefix("hauptbuch verify: "), done.stdout.decode()


def prove(program, proof, chunk):
    chunk_file = proof.with_suffix(".input")
    chunk_file.write_bytes(chunk)
    done = g.run([g.CLI, "prove", program, "-o", proof, "--input", chunk_file])
    g.equal(done.stderr.decode(), done.returncode, 0)
    return bytes.fromhex(g.run([g.CLI, "vkey", program]).stdout.decode().split()[0])


def the_guest_decides_as_the_native_verifier():
    verifier = g.build(PROJECT)
    hello, fib = g.build(ROOT / "guest/examples/c/hello"), g.build(ROOT / "guest/examples/c/fib")
    with tempfile.TemporaryDirectory() as directory:
        proof, failed = pathlib.Path(directory, "hello.proof"), pathlib.Path(directory, "fib.proof")
        key, fib_key = prove(hello, proof, b"abcdefg"), prove(fib, failed, b"123")
        for path, program_key, code in ((proof, key, 0), (failed, fib_key, 3)):
            status, told, public, cycles = guest(verifier, [path.read_bytes(), program_key + struct.pack("<I", code)])
            g.equal("accepted", (status, told), (0, ""))
            g.equal("natively too", native(path, program_key, code)[0], 0)
            g.equal("key and exit code", (public[:32], public[64:]), (program_key, struct.pack("<I", code)))
            assert public[32:64].hex() in native(path, program_key, code)[2], "the digest is another one"
            print(f"        (accepting {path.stat().st_size} bytes of proof takes {cycles} cycles)")

        data = proof.read_bytes()
        cases = [(data[:-1], key, 0), (data + b"\0\0\0\0", key, 0), (b"", key, 0), (data, fib_key, 0), (data, bytes(32), 0), (data, key, 1), (failed.read_bytes(), fib_key, 0)]
        for position in (0, 8, 60, 400, *(random.randrange(2000, len(data)) for _ in range(10)), len(data) - 1):
            cases.append((data[:position] + bytes([data[position] ^ 1 << random.randrange(8)]) + data[position + 1:], key, 0))
        reasons = set()
        for index, (bad, program_key, code) in enumerate(cases):
            path = pathlib.Path(directory, f"bad{index}")
            path.write_bytes(bad)
            status, told, public, _ = guest(verifier, [bad, program_key + struct.pack("<I", code)])
            g.equal(f"case {index}", (status, told, public), (1, native(path, program_key, code)[1], b""))
            reasons.add(told)
        assert len(reasons) >= 6, reasons
        print(f"        ({len(cases)} bad proofs, {len(reasons)} reasons)")


def input_of_the_wrong_shape():
    verifier = g.build(PROJECT)
    for chunks in ([], [b"x"], [b"x", bytes(35)], [b"x", bytes(37)]):
        g.equal(f"{chunks}", guest(verifier, chunks)[0], 3)


if __name__ == "__main__":
    if not g.shutil.which("clang") and not g.shutil.which("riscv64-unknown-elf-gcc"):
        g.skip("no C compiler for RISC-V (Debian: clang, lld)")
    g.main([the_guest_decides_as_the_native_verifier, input_of_the_wrong_shape])
