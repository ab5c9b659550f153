"""hauptbuch package: showing, changing and resolving, for bytecode and for ELF."""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
CLI = os.environ["HB_CLI"]
BYTECODE = ROOT / "guest" / "examples" / "bytecode"


def cli(*arguments):
    return subprocess.run([CLI, *map(str, arguments)], capture_output=True, text=True, timeout=300)


def ok(*arguments):
    done = cli(*arguments)
    assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stderr}"
    return done.stdout


def fails(status, text, *arguments):
    done = cli(*arguments)
    assert done.returncode == status and text in done.stderr, f"{arguments}: {done.returncode}, not {status}; '{text}' is not in\n{done.stderr}"


def both_kinds(work):
    """The same program as bytecode and as ELF."""
    ok("asm", BYTECODE / "echo.hba", "-o", work / "echo.hbc")
    ok("disasm", work / "echo.hbc", "--elf", "-o", work / "echo.elf")
    return work / "echo.hbc", work / "echo.elf"


def describing(work):
    for program in both_kinds(work):
        key = ok("vkey", program)
        out = work / ("out" + program.suffix)
        ok("package", program, "-o", out, "--id", "echo", "--name", "Echo", "--version", "1.2.3", "--author", "Ada <ada@example.org>", "--license", "MIT",
           "--description", "says it again", "--program", "helper=^1.2", "--crate", "serde=1.0.219", "--cycle-limit", "1000000")
        said = ok("package", out)
        assert ok("inspect", out) == said
        for line in ("id             echo", "name           Echo", "version        1.2.3", "author         Ada <ada@example.org>", "license        MIT",
                     "description    says it again", "program        helper (^1.2)", "crate          serde 1.0.219", "cycle limit    1000000"):
            assert line + "\n" in said, f"{line} is not in\n{said}"
        assert ok("vkey", out) == key
        (work / "input").write_bytes(b"x")
        fails(125, "Dependency resolution failed: 'helper' ^1.2: there is no registry", "run", out, "--input", work / "input")
        shelf = work / "shelf"
        shelf.mkdir(exist_ok=True)
        ok("package", program, "-o", shelf / "helper.hbc", "--id", "helper", "--version", "1.2.9")
        ok("run", out, "--input", work / "input", "--public-values", work / "values", "--packages", shelf)
        assert (work / "values").read_bytes()[:1] == b"x"
        again = work / ("again" + program.suffix)
        ok("package", out, "-o", again)
        assert out.read_bytes() == again.read_bytes()
        ok("package", out, "-o", again, "--no-dependencies", "--name", "")
        said = ok("package", again)
        assert "helper" not in said and "Echo" not in said and "id             echo" in said


def refusals(work):
    bytecode, elf = both_kinds(work)
    out = work / "x"
    for program in (bytecode, elf):
        fails(1, "Invalid dependency:", "package", program, "-o", out, "--program", "Upper=1")
        fails(1, "Invalid dependency:", "package", program, "-o", out, "--program", "=1")
        fails(1, "Duplicate dependency:", "package", program, "-o", out, "--program", "a=1", "--crate", "a=1.0.0")
        fails(1, "Invalid dependency version:", "package", program, "-o", out, "--program", "a=banana")
        fails(1, "Invalid dependency version:", "package", program, "-o", out, "--crate", "a=1.0")
        fails(1, "Invalid dependency version:", "package", program, "-o", out, "--crate", "a")
        fails(1, "is not an id", "package", program, "-o", out, "--id", "A B")
        fails(1, "is not a semantic version", "package", program, "-o", out, "--version", "1")
        fails(1, "Memory limit exceeded:", "package", program, "-o", out, "--memory-limit", "1000G")
        fails(1, "Stack limit exceeded:", "package", program, "-o", out, "--stack-limit", "1000G")
    fails(2, "usage", "package", bytecode, "--id", "a")
    fails(2, "usage", "package")
    fails(3, "cannot open", "package", work / "nothing.hbc")
    fails(1, "not an ELF file", "package", BYTECODE / "echo.hba")
    assert not out.exists()


def limits_are_part_of_the_key_of_bytecode(work):
    bytecode, elf = both_kinds(work)
    for program, same in ((bytecode, False), (elf, True)):
        out = work / ("limited" + program.suffix)
        ok("package", program, "-o", out, "--memory-limit", "64K")
        assert (ok("vkey", program) == ok("vkey", out)) == same
        assert "memory limit   65536\n" in ok("package", out)


def resolving(work):
    bytecode, elf = both_kinds(work)
    shelf = work / "shelf"
    shelf.mkdir()
    ok("asm", BYTECODE / "sort.hba", "-o", work / "sort.hbc")
    ok("package", bytecode, "-o", shelf / "one.hbc", "--id", "helper", "--version", "1.0.0")
    ok("package", work / "sort.hbc", "-o", shelf / "two.hbc", "--id", "helper", "--version", "1.4.0")
    ok("package", elf, "-o", shelf / "three.elf", "--id", "helper", "--version", "2.0.0")
    for requirement, file in (("^1", "two.hbc"), ("=1.0.0", "one.hbc"), (">=1", "three.elf"), ("~1.0", "one.hbc"), ("1.0", "two.hbc")):
        ok("package", elf, "-o", work / "user.elf", "--id", "user", "--program", f"helper={requirement}")
        said = ok("package", work / "user.elf", "--packages", shelf).splitlines()[-1].split()
        assert said[:2] == ["key", "helper"] and said[3] == ok("vkey", shelf / file).strip(), (requirement, said)
    ok("package", elf, "-o", work / "user.elf", "--program", "helper=^3")
    fails(1, "Dependency resolution failed: 'helper' ^3: no version satisfies", "package", work / "user.elf", "--packages", shelf)
    ok("package", elf, "-o", work / "user.elf", "--program", "nobody")
    fails(1, "Dependency resolution failed: 'nobody' *: there is no such program", "package", work / "user.elf", "--packages", shelf)
    fails(3, "cannot open the directory", "package", work / "user.elf", "--packages", work / "missing")


def main():
    if not os.path.exists(CLI):
        print("skipped: no", CLI)
        return 77
    failed = 0
    for test in (describing, refusals, limits_are_part_of_the_key_of_bytecode, resolving):
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
