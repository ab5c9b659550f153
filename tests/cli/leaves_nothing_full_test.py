"""Nothing half-made is left: not by Ctrl-C, not by a full disk, not by a limit on file sizes; and what cannot be written is said."""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
sys.path.insert(0, str(ROOT / "tests" / "guests"))
import guest_support as g  # noqa: E402

PROJECT = ROOT / "guest" / "examples" / "c" / "fib"
program = None


def start(*words, **options):
    return subprocess.Popen([g.CLI, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=options.pop("env", g.ENVIRONMENT), **options)


def names(directory):
    return sorted(path.name for path in pathlib.Path(directory).iterdir())


def interrupt(process, delay, number):
    """The exit status, or None when it was done before."""
    time.sleep(delay)
    if process.poll() is not None:
        return None
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode


def interrupted_proofs():
    """2^20 rounds take seconds: at every delay the prover is somewhere else."""
    hits = 0
    for delay, number in ((0.02, signal.SIGINT), (0.1, signal.SIGTERM), (0.3, signal.SIGINT), (0.8, signal.SIGINT), (1.6, signal.SIGINT)):
        with tempfile.TemporaryDirectory() as directory:
            old = pathlib.Path(directory, "old.proof")
            old.write_bytes(b"from before")
            status = interrupt(start("prove", program, "-o", old), delay, number)
            if status is None:
                continue
            hits += 1
            g.equal(f"status after {delay} s", status, -number)
            g.equal(f"files after {delay} s", (names(directory), old.read_bytes()), (["old.proof"], b"from before"))
    assert hits >= 3, "the prover was done too early"


def interrupted_builds():
    hits = 0
    for delay in (0.02, 0.15, 0.3):
        with tempfile.TemporaryDirectory() as directory:
            cache = pathlib.Path(directory, "cache")
            cache.mkdir()
            process = start("build", PROJECT, "-o", f"{directory}/fib.elf", env=dict(g.ENVIRONMENT, HAUPTBUCH_CACHE=str(cache)))
            status = interrupt(process, delay, signal.SIGINT)
            if status is not None:
                hits += 1
                g.equal("status", status, -signal.SIGINT)
                g.equal("the cache", names(cache), [])
                assert set(names(directory)) <= {"cache", "fib.elf"}, names(directory)
                if pathlib.Path(directory, "fib.elf").exists():  # it was done but for the tidying up: then it is whole
                    g.equal("the program", pathlib.Path(directory, "fib.elf").read_bytes(), program.read_bytes())
    assert hits >= 1, "the compiler was done too early"


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (20000, resource.RLIM_INFINITY))


def limited_file_size():
    for old in (None, b"from before"):
        with tempfile.TemporaryDirectory() as directory:
            proof, ten = pathlib.Path(directory, "proof"), pathlib.Path(directory, "ten")
            ten.write_bytes(b"\x0a\0\0\0")
            if old:
                proof.write_bytes(old)
            done = g.run([g.CLI, "prove", program, "--input", ten, "-o", proof], preexec_fn=limit_file_size)
            g.equal("status", done.returncode, 3)
            assert b"cannot write" in done.stderr and b"File too large" in done.stderr, done.stderr.decode()
            g.equal("files", names(directory), ["proof", "ten"] if old else ["ten"])
            assert not old or proof.read_bytes() == old


def full_disk():
    with tempfile.TemporaryDirectory() as directory:
        small, ten = pathlib.Path(directory, "small"), pathlib.Path(directory, "ten")
        small.mkdir()
        ten.write_bytes(b"\x0a\0\0\0")
        # A file system of 64 KiB that only this shell and its children see.
        script = 'mount -t tmpfs -o size=64k tmpfs "$1" || exit 77; shift; "$@"; status=$?; ls -A "$0"; exit $status'
        done = g.run(["unshare", "--mount", "sh", "-c", script, small, small, g.CLI, "prove", program, "--input", ten, "-o", small / "proof"])
        if done.returncode in (1, 77) and b"Program" not in done.stderr and b"cannot write" not in done.stderr:
            print("        (no small file system here: left out)")
            return
        g.equal(f"status: {done.stderr.decode()}", done.returncode, 3)
        assert b"cannot write" in done.stderr and b"No space left on device" in done.stderr, done.stderr.decode()
        g.equal("files", done.stdout, b"")


def outputs_that_cannot_be_written():
    with tempfile.TemporaryDirectory() as directory:
        proof, ten, empty = pathlib.Path(directory, "proof"), pathlib.Path(directory, "ten"), pathlib.Path(directory, "empty.hba")
        ten.write_bytes(b"\x0a\0\0\0")
        done = g.run([g.CLI, "prove", program, "--input", ten, "-o", proof])
        g.equal(done.stderr.decode(), done.returncode, 0)
        with open("/dev/full", "wb") as full:
            for words, status in ((["vkey", program], 3), (["verify", proof, "--program", program], 3), (["verify", proof, "--program", program, "--json"], 3),
                                  (["inspect", proof], 3), (["inspect", "--chips"], 3), (["security"], 3), (["version", "-v"], 3), (["--help"], 3), (["prove", "--help"], 3),
                                  (["run", program, "--input", ten], 125), (["run", program, "--input", ten, "--json"], 125)):
                done = subprocess.run([g.CLI, *map(str, words)], stdout=full, stderr=subprocess.PIPE, env=g.ENVIRONMENT)
                g.equal(f"{words}: {done.stderr.decode()}", done.returncode, status)
                assert b"No space left on device" in done.stderr or b"cannot write" in done.stderr, (words, done.stderr)
        for words in (["verify", proof, "--program", program, "--public-values", "/dev/full"], ["prove", program, "--input", ten, "-o", "/dev/full"]):
            done = g.run([g.CLI, *words])
            g.equal(f"{words}", done.returncode, 3)
            assert b"cannot write '/dev/full'" in done.stderr, done.stderr.decode()
        for words in (["verify", proof, "--program", program, "--public-values", f"{directory}/no/such"], ["prove", program, "--input", ten, "-o", f"{directory}/no/such"]):
            g.equal(f"{words}", g.run([g.CLI, *words]).returncode, 3)
        g.equal("files", names(directory), ["proof", "ten"])


if __name__ == "__main__":
    if not g.shutil.which("clang") and not g.shutil.which("riscv64-unknown-elf-gcc"):
        g.skip("no C compiler for RISC-V (Debian: clang, lld)")
    program = g.build(PROJECT)
    g.main([interrupted_proofs, interrupted_builds, limited_file_size, full_disk, outputs_that_cannot_be_written])
