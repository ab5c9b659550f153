"""Rust guests: the examples natively and in the executor; the standard library; how programs end."""
import struct

import guest_support as g

EXAMPLES = g.ROOT / "guest" / "examples" / "rust"
PROGRAMS = g.ROOT / "tests" / "guests" / "programs"
TEXT = ("The quick brown fox jumps over the lazy dog; the dog sleeps. Größe ist relativ, größe auch.\n" * 40 + "Ende\n").encode()
JSON = b'{"list": [1, 2.5, -3e2, null, true, false], "text": "x\\u00e9\\ud83e\\udd80\\n", "deep": [[[[{}]]]], "e": ""}'
cycles = {}


def text(string):
    data = string.encode()
    return struct.pack("<Q", len(data)) + data


def compare(name, workspace=EXAMPLES, guest_options=(), **run):
    native = g.run_native(natives[workspace] / name, **run)
    guest = g.run_guest(g.build(workspace / name), options=guest_options, **run)
    g.same(name, native, guest)
    cycles.setdefault(name, guest.report["cycles"])
    return guest


def examples_agree_with_native_runs():
    g.equal("empty", compare("empty").public, b"")
    compare("word-stats", stdin=TEXT)
    compare("word-stats", stdin=b"")
    compare("word-stats", stdin=TEXT, arguments=["--top", "3"])
    compare("fibonacci", inputs=[struct.pack("<I", 1000)])
    compare("fibonacci")
    for name in ("sha256", "keccak"):
        compare(name)
        for size in (0, 1, 55, 56, 63, 64, 135, 136, 300):
            compare(name, inputs=[bytes(range(256))[:size] * 1 if size <= 256 else bytes(size)])
    compare("quicksort")
    compare("quicksort", inputs=[struct.pack("<Q6I", 6, 5, 3, 9, 9, 0, 1)])
    compare("bigint")
    compare("bigint", inputs=[(2**256 - 2**32 - 978).to_bytes(32, "little")])
    compare("json-parse", stdin=JSON)
    compare("json-parse", stdin=JSON[:-1])


def known_answers():
    import hashlib

    message = bytes((i * 7 + i // 256) & 255 for i in range(2048))
    g.equal("sha256", g.run_guest(g.build(EXAMPLES / "sha256")).public, hashlib.sha256(message).digest())
    # Keccak-256 of nothing, as everybody knows it from Ethereum.
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    g.equal("keccak", g.run_guest(g.build(EXAMPLES / "keccak"), inputs=[b""]).public.hex(), empty)
    p, element = 2**256 - 2**32 - 977, 123456789
    public = g.run_guest(g.build(EXAMPLES / "bigint"), inputs=[element.to_bytes(32, "little")]).public
    g.equal("bigint", int.from_bytes(public[32:], "little"), pow(element, -1, p))


def ends():
    program = g.build(EXAMPLES / "exit-codes")
    cases = [
        # arguments, exit code, part of stderr, whether buffered stdout comes out
        ([], 0, b"", True),
        (["return", "9"], 9, b"", True),
        (["exit", "0"], 0, b"", True),
        (["exit", "300"], 300 & 255, b"", True),
        (["exit", "-1"], 255, b"", True),
        (["panic"], 1, b"this is the message", True),
        (["panic-in-format"], 1, b"while printing", True),
        (["abort"], 1, b"aborted", False),
        (["index"], 1, b"index out of bounds: the len is 3 but the index is 3", True),
        (["no-memory"], 1, b"memory allocation of 1099511627776 bytes failed", False),
        (["missing-input"], 3, b"there is no further chunk", True),
        (["time"], 1, b"time not implemented", True),
        (["thread"], 0, b"", True),
        (["file"], 0, b"", True),
    ]
    for arguments, code, message, flushed in cases:
        result = g.run_guest(program, arguments)
        g.equal(f"{arguments}: exit code", result.code, code)
        assert message in result.stderr, (arguments, result.stderr)
        g.equal(f"{arguments}: public values", result.public, b"begun")
        g.equal(f"{arguments}: stdout", result.stdout.startswith(b"no newline at the end"), flushed)
    g.equal("location", b"exit-codes/src/main.rs:" in g.run_guest(program, ["panic"]).stderr, True)
    # The same ends natively, where the platform has them.
    native = natives[EXAMPLES] / "exit-codes"
    for arguments in ([], ["return", "9"], ["exit", "300"], ["exit", "-1"], ["missing-input"]):
        g.same(str(arguments), g.run_native(native, arguments), g.run_guest(program, arguments))


def deep_recursion_traps():
    result = g.run_guest(g.build(EXAMPLES / "exit-codes"), ["recursion"])
    g.equal("exit code", result.code, 134)
    g.equal("end", result.report["end"], "trap")
    assert "stack overflow" in result.report["trap"]["reason"], result.report["trap"]
    assert "recurse" in result.report["trap"]["function"], result.report["trap"]
    # Without any guard the stack runs into unmapped memory or the memory limit, never into data.
    result = g.run_guest(g.build(EXAMPLES / "exit-codes"), ["recursion"], options=["--stack-limit", "3G", "--memory-limit", "4G"])
    g.equal("end without guard", (result.code, result.report["end"]), (134, "trap"))
    assert "0x10000" in result.report["trap"]["reason"], result.report["trap"]


def limits_of_the_run():
    program = g.build(EXAMPLES / "fibonacci")
    result = g.run_guest(program, options=["--cycle-limit", "1000"])
    g.equal("cycle limit", (result.code, result.report["end"], result.report["cycles"]), (134, "cycle limit", 1000))
    done = g.run([g.CLI, "run", g.ROOT / "CMakeLists.txt"])
    g.equal("not a program", done.returncode, 125)


def undecodable_input_is_code_3():
    program = g.build(PROGRAMS / "std-surface")
    for chunk in (b"", b"\3\0\0\0", struct.pack("<II", 1, 5) + b"\xff" * 8, struct.pack("<I", 0) + b"x"):
        result = g.run_guest(program, stdin=b"a\nbcde", inputs=[chunk])
        g.equal(f"{chunk}", result.code, 3)
    g.equal("not a u32", g.run_guest(g.build(EXAMPLES / "fibonacci"), inputs=[b"abc"]).code, 3)


def standard_library():
    message = struct.pack("<IQ", 2, 3) + b"\1" + struct.pack("<q", -5) + b"\0\1" + struct.pack("<q", 7) + b"\1"
    guest = compare("std-surface", PROGRAMS, arguments=["one", "", "größe"], stdin=b"first line\n4444rest\nof it\n\nlast", inputs=[message, b"the rest"])
    g.equal("regions", [region["name"] for region in guest.report["regions"]], ["the end"])
    assert guest.report["unconstrained_cycles"] > 0
    compare("std-surface", PROGRAMS, stdin=b"x" * 20000 + b"\nabcd", inputs=[struct.pack("<I", 0), b""])


def memory_functions():
    assert compare("memory", PROGRAMS).report["misaligned"] == 0


def heap():
    # It allocates more than 256 MB in all and has never more than a few MB alive.
    result = compare("heap", PROGRAMS, guest_options=["--memory-limit", "32M"])
    assert struct.unpack("<Q", result.public)[0] > 1 << 28


def print_cycles():
    print("        cycles:", ", ".join(f"{name} {count}" for name, count in cycles.items()))


if __name__ == "__main__":
    g.build(EXAMPLES / "empty")  # or skip
    natives = {EXAMPLES: g.build_native(EXAMPLES), PROGRAMS: g.build_native(PROGRAMS)}
    g.main([examples_agree_with_native_runs, known_answers, ends, deep_recursion_traps, limits_of_the_run, undecodable_input_is_code_3, standard_library,
            memory_functions, heap, print_cycles])
