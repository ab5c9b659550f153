#!/usr/bin/env python3
"""Long proofs through the command line: shards of forced sizes verify; a job that is killed goes on from its finished shards and gives the same bytes; a damaged piece is proven anew, a
directory of another run is refused; a memory budget is kept by the kernel's own account; a budget that cannot do is refused at once; timeouts; a full disk leaves finished work usable."""
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

SOURCE, CLI = pathlib.Path(os.environ["HB_SOURCE_DIR"]), os.environ["HB_CLI"]
SANITIZED = os.environ.get("HB_BUILD_TYPE") in ("Checked", "Fuzz")
WORK = pathlib.Path(tempfile.mkdtemp(prefix="hb_long_jobs_"))


def run(*command, status=0, **more):
    done = subprocess.run([CLI, *map(str, command)], capture_output=True, text=True, **more)
    assert done.returncode == status, f"{command}: status {done.returncode}, not {status}\n{done.stdout}{done.stderr}"
    return done


def number(name, value):
    path = WORK / name
    path.write_bytes(struct.pack("<Q", value))
    return path


PROGRAM = WORK / "fibonacci.hbc"
run("asm", SOURCE / "guest/examples/bytecode/fibonacci.hba", "-o", PROGRAM)
INPUT = number("n", 12000)  # about 140,000 cycles
PROVE = ["prove", PROGRAM, "--input", INPUT, "--json"]


def proves(proof, *options):
    report = json.loads(run(*PROVE, "-o", proof, *options).stdout)
    run("verify", proof, "--program", PROGRAM)
    return report


def forced_sizes():
    values = set()
    for cycles, least in ((1 << 16, 2), (50000, 3), (1 << 20, 1)):
        report = proves(WORK / "forced.proof", "--shard-cycles", cycles)
        assert report["shards"] >= least, report
        run("verify", WORK / "forced.proof", "--program", PROGRAM, "--public-values", WORK / "values")
        values.add((WORK / "values").read_bytes())
    single = proves(WORK / "single.proof")
    assert single["shards"] == 0, single
    run("verify", WORK / "single.proof", "--program", PROGRAM, "--public-values", WORK / "values")
    values.add((WORK / "values").read_bytes())
    assert len(values) == 1, "the public values do not depend on the cuts"


def killed_and_resumed():
    options = ["--shard-cycles", "30000"]
    whole = WORK / "whole.proof"
    shards = proves(whole, *options)["shards"]
    state, proof = WORK / "state", WORK / "resumed.proof"
    for _ in range(3):
        job = subprocess.Popen([CLI, *map(str, PROVE), "-o", str(proof), *options, "--resume", str(state)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = random.randrange(1, shards)
        while job.poll() is None and len(list(state.glob("*.piece"))) < wanted:
            time.sleep(0.01)
        job.send_signal(signal.SIGKILL)
        job.wait()
    for path in WORK.glob("resumed.proof.*.tmp"):
        path.unlink()  # what the kill has left
    there = sorted(state.glob("*.piece"))
    if not there:  # every job had ended before it was killed
        assert proof.exists()
        return
    damaged = bytearray(there[0].read_bytes())
    damaged[-1] ^= 1
    there[0].write_bytes(damaged)
    run(*PROVE, "-o", proof, "--shard-cycles", "40000", "--resume", state, status=3)  # other cuts: another run
    report = json.loads(run(*PROVE, "-o", proof, *options, "--resume", state).stdout)
    assert report["resumed"] == len(there) - 1, (report, len(there))
    assert proof.read_bytes() == whole.read_bytes(), "the bytes are those of an uninterrupted job"
    assert not state.exists(), "nothing is left when the proof is there"


def budgets_are_kept():
    slow = number("more", 60000)
    for mebibytes in (160, 256, 512):
        command = [CLI, "prove", str(PROGRAM), "--input", str(slow), "-o", str(WORK / "budget.proof"), "--memory", f"{mebibytes}M"]
        job = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(job.pid, 0)
        job.returncode = 0
        assert status == 0, (mebibytes, status)
        peak = usage.ru_maxrss / 1024
        print(f"--memory {mebibytes}M: peak {peak:.0f} MiB")
        if not SANITIZED:
            assert peak <= 1.05 * mebibytes, f"{peak} MiB with a budget of {mebibytes}"
        run("verify", WORK / "budget.proof", "--program", PROGRAM)
    refused = run(*PROVE, "-o", WORK / "no.proof", "--memory", "4M", status=3)
    assert "at the least" in refused.stderr and not (WORK / "no.proof").exists(), refused.stderr


def timeouts():
    endless = WORK / "endless.hbc"
    text = WORK / "endless.hba"
    text.write_text("again:\n    PUSH @again\n    JUMP\n")
    run("asm", text, "-o", endless)
    begin = time.monotonic()
    done = run("prove", endless, "-o", WORK / "endless.proof", "--exec-timeout", "1", status=1)
    assert "Program timeout" in done.stderr and time.monotonic() - begin < 60, done.stderr
    assert not (WORK / "endless.proof").exists()


def full_disk():
    state = WORK / "full"
    limit = 700_000  # bytes of a file: a piece fits, the whole proof does not
    done = subprocess.run([CLI, *map(str, PROVE), "-o", str(WORK / "full.proof"), "--shard-cycles", "30000", "--resume", str(state)], capture_output=True, text=True,
                          preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    assert done.returncode == 3 and not (WORK / "full.proof").exists(), done.stderr
    report = json.loads(run(*PROVE, "-o", WORK / "full.proof", "--shard-cycles", "30000", "--resume", state).stdout)
    assert report["resumed"] >= 1, "finished work was usable"
    run("verify", WORK / "full.proof", "--program", PROGRAM)


try:
    for part in (forced_sizes, killed_and_resumed, budgets_are_kept, timeouts, full_disk):
        part()
        print(part.__name__.replace("_", " "), "ok")
finally:
    shutil.rmtree(WORK, ignore_errors=True)
