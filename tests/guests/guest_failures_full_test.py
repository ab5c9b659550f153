"""Runs that fail, through the command line: what `run` reports (reason, pc, function, last words), that `prove` makes no proof of a trapped or limited run, and that
a proof of a run with another exit code than 0 is good for whoever asks for that code only."""
import pathlib
import subprocess
import tempfile

import guest_support as g

PROJECT = g.ROOT / "tests" / "guests" / "programs" / "failures"
START = 0x78000000
STDERR = b"the last words\n"

# way, reason, address (None: not told), function
TRAPS = [
    ("load_null", "access below 0x10000 (null pointer)", 8, "way_load_null"),
    ("load_outside", "access outside the memory map", (1 << 37) + 64, "way_load_outside"),
    ("store_outside", "access outside the memory map", (1 << 37) + 64, "way_store_outside"),
    ("store_text", "store to the program's text", START, "way_store_text"),
    ("ebreak", "EBREAK executed", None, "way_ebreak"),
    ("unimp", "UNIMP executed", None, "way_unimp"),
    ("undecodable", "Invalid instruction", None, "way_undecodable"),
    ("compressed", "Invalid instruction", None, "way_compressed"),
    ("jump_zero", "jump outside the program's text", None, "way_jump_zero"),
    ("jump_outside", "jump outside the program's text", 0x70000000, "way_jump_outside"),
    ("jump_odd", "jump to an address that is not a multiple of 4", START + 2, "way_jump_odd"),
    ("unknown_call", "unknown call", None, "way_unknown_call"),
    ("recursion", "stack overflow", None, "way_recursion"),
]
program = None
functions = {}  # name: (begin, end)


def symbols(path):
    text = subprocess.run(["readelf", "--syms", "--wide", path], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        words = line.split()
        if len(words) == 8 and words[3] == "FUNC":
            functions[words[7]] = (int(words[1], 16), int(words[1], 16) + int(words[2], 0))


def ran(*words):
    return g.run([g.CLI, *words])


def nothing_is_proved(way, parts, *options):
    """prove says no, why and with which last words; a file that was there is left alone, one that was not is not made."""
    with tempfile.TemporaryDirectory() as directory:
        fresh, old = pathlib.Path(directory, "fresh"), pathlib.Path(directory, "old")
        old.write_bytes(b"from before")
        for proof in (fresh, old) if way in ("load_null", "loop") else (fresh,):
            done = ran("prove", program, "-o", proof, *options, "--", way)
            g.equal(f"{way}: status of prove", done.returncode, 1)
            for part in ("Program execution failed", "last words", *parts):
                assert part.encode() in done.stderr, (way, part, done.stderr.decode())
            g.equal(f"{way}: stdout of prove", done.stdout, b"")
        g.equal(f"{way}: files", sorted(path.name for path in pathlib.Path(directory).iterdir()), ["old"])
        g.equal(f"{way}: the old file", old.read_bytes(), b"from before")


def traps():
    for way, reason, address, function in TRAPS:
        result = g.run_guest(program, [way])
        g.equal(f"{way}: status", (result.code, result.report["end"]), (134, "trap"))
        trap = result.report["trap"]
        assert trap["reason"].startswith(reason), (way, trap)
        begin, end = functions[function]
        assert begin <= trap["pc"] < end, f"{way}: pc {trap['pc']:#x} is not in {function} [{begin:#x}, {end:#x})"
        g.equal(f"{way}: function", (trap["function"], trap["function_offset"]), (function, trap["pc"] - begin))
        if address is not None:
            g.equal(f"{way}: address", trap["address"], address)
        g.equal(f"{way}: output before", (result.stdout, result.public), (b"on standard output\n", b"begun"))
        text = result.stderr.decode()
        assert text.startswith(STDERR.decode()), (way, text)
        for part in (reason, f"pc {trap['pc']:#x}", f"in {function}+{trap['function_offset']:#x}"):
            assert part in text, (way, part, text)
        nothing_is_proved(way, [reason, f"pc {trap['pc']:#x}", function])


def cycle_limit():
    done = ran("run", program, "--cycle-limit", "20000", "--", "loop")
    g.equal("status", (done.returncode, done.stdout), (134, b"on standard output\n"))
    for part in (b"the last words\n", b"cycle limit of 20000 instructions reached", b"at pc 0x", b"in way_loop+0x"):
        assert part in done.stderr, done.stderr.decode()
    result = g.run_guest(program, ["loop"], options=["--cycle-limit", "20000"])
    g.equal("end", (result.report["end"], result.report["cycles"]), ("cycle limit", 20000))
    begin, end = functions["way_loop"]
    place = result.report["place"]
    g.equal("function", place["function"], "way_loop")
    assert begin <= place["pc"] < end, place
    nothing_is_proved("loop", ["cycle limit of 20000 instructions reached", "at pc 0x", "way_loop"], "--cycle-limit", "20000")
    # Exact to the instruction: one less than the run needs is too few, what it needs is enough.
    cycles = g.run_guest(program, ["exit_1"]).report["cycles"]
    g.equal("enough", ran("run", program, "--cycle-limit", str(cycles), "--", "exit_1").returncode, 1)
    g.equal("too few", ran("run", program, "--cycle-limit", str(cycles - 1), "--", "exit_1").returncode, 134)
    nothing_is_proved("exit_1", ["cycle limit"], "--cycle-limit", str(cycles - 1))


def time_limit():
    done = ran("run", program, "--time-limit", "1", "--", "loop")
    g.equal("status", done.returncode, 124)
    assert b"time limit reached" in done.stderr, done.stderr


def memory_limit():
    done = ran("run", program, "--memory-limit", "16K", "--stack-limit", "64M", "--", "recursion")
    g.equal("status", done.returncode, 134)
    assert b"memory limit reached" in done.stderr and b"in way_recursion+" in done.stderr, done.stderr.decode()


def exit_codes():
    """What any other exit code is asked for is rejected."""
    with tempfile.TemporaryDirectory() as directory:
        proof, public = pathlib.Path(directory, "proof"), pathlib.Path(directory, "public")
        for way, code, words in (("exit_1", 1, b""), ("exit_3", 3, b""), ("exit_255", 255, b""), ("panic", 1, b"this is the message\n"), ("none", 0, b"")):
            result = g.run_guest(program, [way])
            g.equal(f"{way}: run", (result.code, result.stderr, result.public), (code, STDERR + words, b"begun"))
            done = ran("prove", program, "-o", proof, "--json", "--", way)
            g.equal(f"{way}: prove {done.stderr.decode()}", done.returncode, 0)
            assert f'"exit_code": {code},'.encode() in done.stdout, done.stdout
            for asked in (0, 1, 2, 3, 255):
                done = ran("verify", proof, "--program", program, *(["--exit-code", str(asked)] if asked else []), "--public-values", public)
                g.equal(f"{way}: verify with {asked}: {done.stderr.decode()}", done.returncode, 0 if asked == code else 1)
                assert asked == code or b"exit code" in done.stderr, done.stderr
                g.equal(f"{way}: public values of the accepted one only", public.exists(), asked == code)
                if public.exists():
                    g.equal("public values", public.read_bytes(), b"begun")
                    public.unlink()


if __name__ == "__main__":
    if not g.shutil.which("clang") and not g.shutil.which("riscv64-unknown-elf-gcc"):
        g.skip("no C compiler for RISC-V (Debian: clang, lld)")
    program = g.build(PROJECT)
    symbols(program)
    g.main([traps, cycle_limit, time_limit, memory_limit, exit_codes])
