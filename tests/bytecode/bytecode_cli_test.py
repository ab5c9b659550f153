"""Bytecode on the command line: asm, disasm, trace, run, prove, verify, vkey, inspect; what they say when something is wrong."""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
CLI = os.environ["HB_CLI"]
EXAMPLES = ROOT / "guest" / "examples" / "bytecode"
ENDS = {0: 0, 1: 16, 2: 17, 3: 18, 4: 19, 5: 20, 6: 21}


def cli(*arguments, stdin=b""):
    return subprocess.run([CLI, *map(str, arguments)], capture_output=True, input=stdin, timeout=300)


def ok(*arguments, **options):
    done = cli(*arguments, **options)
    assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stderr.decode()}"
    return done.stdout


def fails(status, text, *arguments, **options):
    done = cli(*arguments, **options)
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == status and text in said, f"{arguments}: {done.returncode}, not {status}; '{text}' is not in\n{said}"


def words(*numbers):
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def write(path, data):
    path.write_bytes(data)
    return path


def examples(work):
    """What each example computes, in interpreter and image."""
    expected = {
        "fibonacci": (words(30), words(832040)),
        "factorial": (words(20), words(2432902008176640000)),
        "echo": (b"hello, bytecode", b"hello, bytecode"),
        "sieve": (b"", words(2262)),
        "checksum": (words(1, 2**64 - 1), words(fnv1a(words(1, 2**64 - 1)))),
        "sort": (words(5, 3, 9, 1, 7), words(1, 3, 5, 7, 9)),
    }
    for name, (given, output) in expected.items():
        program, given = work / f"{name}.hbc", write(work / "input", given)
        ok("asm", EXAMPLES / f"{name}.hba", "-o", program)
        ok("run", program, "--input", given, "--public-values", work / "values")
        values = (work / "values").read_bytes()
        assert values[:-8] == output, f"{name}: {values}"
        last = ok("trace", program, "--input", given, "--quiet").decode()
        gas = struct.unpack("<Q", values[-8:])[0]
        assert last.startswith("success") and f" {gas} gas" in last and last.endswith(f": {output.hex()}\n"), last


def ends(work):
    program = work / "ends.hbc"
    ok("asm", EXAMPLES / "ends.hba", "-o", program)
    for word, code in ENDS.items():
        given = write(work / "word", words(word))
        for verb in ("run", "trace"):
            assert cli(verb, program, "--input", given).returncode == code, (verb, word)
    fails(22, "ended with 'input' after 0 gas", "run", program)
    fails(17, "ended with 'arithmetic' after 36 gas", "run", program, "--input", write(work / "word", words(2)))
    assert cli("trace", program).returncode == 22


def proofs(work):
    program, proof, given = work / "ends.hbc", work / "p", write(work / "word", words(2))
    ok("asm", EXAMPLES / "ends.hba", "-o", program)
    ok("prove", program, "-o", proof, "--input", given)
    fails(1, "another exit code", "verify", proof, "--program", program)
    ok("verify", proof, "--program", program, "--exit-code", "17", "--public-values", work / "values")
    assert (work / "values").read_bytes() == words(2, 36)
    key = ok("vkey", program).decode().strip()
    ok("verify", proof, "--vkey", key, "--exit-code", "17")
    ok("asm", EXAMPLES / "ends.hba", "-o", work / "other.hbc", "--gas-limit", "100001")
    other = ok("vkey", work / "other.hbc").decode().strip()
    assert key != other
    fails(1, "rejected", "verify", proof, "--program", work / "other.hbc", "--exit-code", "17")
    assert b"exit code" in ok("inspect", proof)
    assert b"cells" in ok("inspect", "--chips", program, "--input", given)


def key_of_the_image(work):
    """The image as an ELF file has the bytecode's key, and does the same."""
    program, elf = work / "echo.hbc", work / "echo.elf"
    ok("asm", EXAMPLES / "echo.hba", "-o", program)
    ok("disasm", program, "--elf", "-o", elf)
    assert ok("vkey", program) == ok("vkey", elf)
    given = write(work / "input", b"abc")
    ok("run", elf, "--input", given, "--public-values", work / "values")
    assert (work / "values").read_bytes().startswith(b"abc")
    listing = ok("disasm", program, "--image").decode()
    assert listing.count("\n") > 500 and "78000000" in listing.split("\n")[0]


def text_and_back(work):
    for example in sorted(EXAMPLES.glob("*.hba")):
        first, second = work / "first.hbc", work / "second.hbc"
        ok("asm", example, "-o", first)
        text = ok("disasm", first)
        ok("asm", "-", "-o", second, stdin=text)
        assert first.read_bytes() == second.read_bytes(), example
    ok("disasm", first, "-o", work / "text.hba")
    assert (work / "text.hba").read_bytes() == text
    ok("asm", work / "text.hba")
    assert (work / "text.hbc").read_bytes() == second.read_bytes()


def wrong_input(work):
    bad = write(work / "bad.hba", b"PUSH 1\n  FROB\n")
    fails(1, "line 2, column 3: unknown instruction 'FROB'", "asm", bad)
    assert not (work / "bad.hbc").exists()
    fails(2, "usage", "asm")
    fails(2, "--gas-limit takes a number", "asm", bad, "--gas-limit", "many")
    fails(2, "standard input needs -o", "asm", "-")
    fails(3, "cannot open", "asm", work / "missing.hba")
    fails(2, "at most", "asm", "-", "-o", work / "x.hbc", "--stack-limit", "99999999999", stdin=b"STOP")
    container = write(work / "bad.hbc", b"\x89HBC\r\n\x1a\n" + struct.pack("<II", 1, 1) + b"CODE" + struct.pack("<Q", 1) + b"\xff")
    for verb in ("vkey", "disasm"):
        fails(1, "Invalid program: offset 0: invalid opcode", verb, container)
    fails(125, "invalid opcode", "run", container)
    fails(125, "invalid opcode", "trace", container)
    fails(1, "invalid opcode", "prove", container, "-o", work / "proof")
    fails(1, "not a bytecode file", "disasm", bad)
    fails(1, "not an ELF file", "vkey", bad)
    fails(2, "usage", "disasm", container, "--elf")
    fails(125, "--steps takes a number", "trace", container, "--steps", "x")


def tracing(work):
    program = work / "t.hbc"
    ok("asm", "-", "-o", program, stdin=b"PUSH 2\nPUSH 2\nSUB\nPUSH 0\nSWAP 1\nSUB\nSTOP\n")
    lines = ok("trace", program).decode().splitlines()
    assert len(lines) == 8 and lines[2].split()[:2] == ["4", "SUB"] and "gas 1" in lines[2] and "ops 3" in lines[2] and " Z- " in lines[2], lines
    assert lines[7] == "success at 10: 7 instructions, 6 gas, 0 bytes of output", lines[7]
    fails(125, "running at 4: 2 instructions", "trace", program, "--steps", "2")


def report(work):
    said = ok("asm", "-", "-o", work / "r.hbc", "--report", stdin=b"PUSH @end\nJUMP\nADD\nend: STOP\n").decode()
    assert "1 instructions cannot be reached, the first at offset 3" in said, said


def main():
    if not os.path.exists(CLI):
        print("skipped: no", CLI)
        return 77
    failed = 0
    for test in (examples, ends, proofs, key_of_the_image, text_and_back, wrong_input, tracing, report):
        with tempfile.TemporaryDirectory() as directory:
            try:
                test(pathlib.Path(directory))
                print("ok     ", test.__name__)
            except AssertionError as error:
                failed += 1
                print("FAILED ", test.__name__, error)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
