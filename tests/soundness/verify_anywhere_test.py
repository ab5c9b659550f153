"""The verifier's answer depends on the file, the program and the exit code, and on nothing around it: directory, locale, standard streams, instruction set, what the
process next to it does, whether it has just said no; and proofs do not depend on the number of threads (attacks.md D7, E3)."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT, CLI = pathlib.Path(os.environ["HB_SOURCE_DIR"]), os.environ["HB_CLI"]


def run(words, status, directory, env=None, **more):
    result = subprocess.run([CLI, *map(str, words)], cwd=directory, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True, check=False, **more)
    if result.returncode != status:
        sys.exit(f"{words}: status {result.returncode} instead of {status}\n{result.stderr.decode()}")
    return result.stdout


def main():
    with tempfile.TemporaryDirectory(prefix="verify-") as name:
        home = pathlib.Path(name)
        other = home / "another directory \u00e4"
        other.mkdir()
        (home / "ten").write_bytes(b"\x0a\0\0\0\0\0\0\0")
        shutil.copy(ROOT / "guest/examples/bytecode/fibonacci.hba", home / "fib.hba")
        run(["asm", "fib.hba", "-o", "fib.hbc"], 0, home)
        for threads in (1, 2, 16):
            run(["prove", "fib.hbc", "--input", "ten", "-o", f"{threads}.proof", "--threads", threads], 0, home)
        proof = (home / "1.proof").read_bytes()
        assert proof == (home / "2.proof").read_bytes() == (home / "16.proof").read_bytes(), "the number of threads shows"
        bad = bytearray(proof)
        bad[len(bad) // 2] ^= 1
        (home / "bad.proof").write_bytes(bad)
        good, wrong = ["--program", home / "fib.hbc", home / "1.proof"], ["--program", home / "fib.hbc", home / "bad.proof"]
        key = run(["vkey", home / "fib.hbc"], 0, other).decode().strip()
        environments = [{}, {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, {"LC_ALL": "nonsense"}, {"LC_NUMERIC": "de_DE.UTF-8"}, {"TZ": "Asia/Kathmandu"}, {"HOME": "/nonexistent"},
                        {"HB_ISA": "baseline"}, {"HB_ISA": "avx2"}, {"MALLOC_PERTURB_": "85"}, {"POSIXLY_CORRECT": "1"}]
        said = set()
        for directory in (home, other, pathlib.Path("/")):
            for env in environments:
                run(["verify", *wrong], 1, directory, env)
                said.add(run(["verify", *good], 0, directory, env))
        assert len(said) == 1, said
        run(["verify", home / "1.proof", "--vkey", key], 0, other)
        run(["verify", "--exit-code", "1", *good], 1, other)
        run(["verify", *good], 0, other, close_fds=True, preexec_fn=lambda: os.close(0))
        beside = [subprocess.Popen([CLI, "verify", *map(str, good if i % 2 else wrong)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for i in range(8)]
        assert [p.wait() for p in beside] == [1, 0] * 4, "verifiers that run side by side"
        print(f"{3 * len(environments)} places and environments, one answer")


main()
