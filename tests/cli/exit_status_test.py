"""The exit status of every verb: 0 yes, 1 no, 2 usage, 3 environment; `run` and `trace` have their own. One line a case; every status that a verb can have is among them."""
import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
sys.path.insert(0, str(ROOT / "tests" / "guests"))
import guest_support as g  # noqa: E402

C, ASM = ROOT / "guest" / "examples" / "c", ROOT / "guest" / "examples" / "bytecode" / "fibonacci.hba"


def files(directory):
    """What the cases talk about."""
    for name, data in (("ten", b"\x0a\0\0\0"), ("three", b"123"), ("text", b"not a program"), ("bad.hba", b"nonsense here\n"), ("empty", b"")):
        pathlib.Path(directory, name).write_bytes(data)
    broken = pathlib.Path(directory, "broken")
    broken.mkdir()
    (broken / "hauptbuch.json").write_text('{"name": "x", "version": "1", "sources": ["a.c"]}')
    (broken / "a.c").write_text("int main(void) { return nothing; }\n")
    pathlib.Path(directory, "nothing-in-it").mkdir()
    for name, project in (("fib.elf", C / "fib"), ("trap.elf", ROOT / "tests/guests/programs/failures")):
        pathlib.Path(directory, name).write_bytes(g.build(project).read_bytes())


# status, then the words after `hauptbuch`; in order, later cases use what earlier ones made
CASES = """
0 new --c project
2 new
2 new two names
2 new 9lives
3 new --c project
3 new --c /proc/no-such/project

0 build project -o mine.elf
1 build broken -o broken.elf
2 build
2 build project extra
3 build nowhere
3 build nothing-in-it
3 build project -o no/such/place.elf

0 run fib.elf --input ten
3 run fib.elf --input three
134 run trap.elf -- ebreak
134 run fib.elf --input ten --cycle-limit 100
124 run trap.elf --time-limit 1 -- loop
125 run
125 run nowhere.elf
125 run text
125 run fib.elf --input nowhere
125 run fib.elf --cycle-limit none
125 run fib.elf --input ten --public-values no/such/place

0 prove fib.elf --input ten -o fib.proof
0 prove fib.elf --input three -o three.proof
0 prove fib.elf --input ten -o fib.proof --threads 1 --json
1 prove trap.elf -o x -- ebreak
1 prove fib.elf --input ten -o x --cycle-limit 100
1 prove text -o x
2 prove
2 prove fib.elf
2 prove fib.elf -o x --threads 0
2 prove fib.elf -o x --memory much
3 prove nowhere.elf -o x
3 prove fib.elf --input nowhere -o x
3 prove fib.elf --input ten -o no/such/place

0 verify fib.proof --program fib.elf
0 verify three.proof --program fib.elf --exit-code 3
1 verify three.proof --program fib.elf
1 verify fib.proof --program trap.elf
1 verify text --program fib.elf
1 verify empty --program fib.elf
1 verify fib.proof --vkey 0000000000000000000000000000000000000000000000000000000000000000
2 verify fib.proof
2 verify fib.proof --vkey 00
2 verify fib.proof --program fib.elf --exit-code 256
2 verify fib.proof --program fib.elf --vkey 0000000000000000000000000000000000000000000000000000000000000000
3 verify nowhere --program fib.elf
3 verify fib.proof --program nowhere

0 vkey fib.elf
1 vkey text
2 vkey
2 vkey fib.elf trap.elf
3 vkey nowhere

0 inspect fib.proof
0 inspect --chips
0 inspect --chips fib.elf --input ten
1 inspect text
2 inspect
2 inspect fib.proof extra
3 inspect nowhere

0 bench fib.elf --input ten --json
1 bench trap.elf -- ebreak
1 bench text
2 bench
2 bench fib.elf --repeat 0
3 bench nowhere

0 asm ASM -o fib.hbc
1 asm bad.hba -o x
2 asm
3 asm nowhere.hba -o x
3 asm ASM -o no/such/place

0 disasm fib.hbc
1 disasm text
2 disasm
3 disasm nowhere
3 disasm fib.hbc -o no/such/place

0 security
0 security --unique
2 security extra

0 version
0 version -v
2 version extra

0 --help
2
2 no-such-verb
"""


def statuses():
    wrong, seen = [], {}
    with tempfile.TemporaryDirectory() as directory:
        files(directory)
        for line in CASES.splitlines():
            words = line.split()
            if not words:
                continue
            status, words = int(words[0]), [str(ASM) if word == "ASM" else word for word in words[1:]]
            done = g.run([g.CLI, *words], cwd=directory)
            if words:
                seen.setdefault(words[0], set()).add(status)
            if done.returncode != status:
                wrong.append(f"{done.returncode} instead of {status}: {words}\n    {done.stderr.decode().strip()}")
            elif status not in (0, 134) and not done.stderr.strip() and words[:1] != ["run"]:
                wrong.append(f"{words}: status {status} without a word")
        g.equal("a file that failed verbs left", [name for name in ("x", "broken.elf") if pathlib.Path(directory, name).exists()], [])
    assert not wrong, "\n".join(wrong)
    for verb in ("build", "prove", "verify", "vkey", "inspect", "bench", "asm", "disasm"):
        g.equal(f"statuses tried for {verb}", seen[verb], {0, 1, 2, 3})


def every_verb_of_the_help():
    verbs = re.findall(r"^  ([a-z]+) ", g.run([g.CLI, "--help"]).stdout.decode(), re.M)
    assert len(verbs) >= 12, verbs
    for verb in verbs:
        done = g.run([g.CLI, verb, "--help"])
        g.equal(f"{verb} --help", (done.returncode, done.stderr), (0, b""))
        assert done.stdout.startswith(b"usage:") and b"hauptbuch " + verb.encode() in done.stdout[:80], (verb, done.stdout)
        done = g.run([g.CLI, verb, "--no-such-option"])
        g.equal(f"{verb} --no-such-option", (done.returncode, done.stdout), (125 if verb in ("run", "trace") else 2, b""))  # whose status is the program's


if __name__ == "__main__":
    if not g.shutil.which("clang") and not g.shutil.which("riscv64-unknown-elf-gcc"):
        g.skip("no C compiler for RISC-V (Debian: clang, lld)")
    g.main([statuses, every_verb_of_the_help])
