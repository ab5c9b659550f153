#!/usr/bin/env python3
"""The programs in docs/examples compile against the public headers and the library alone (C and, the headers, C++), and do what they say; the shared library exports what the headers
declare and nothing else."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE, BUILD, CLI = (Path(os.environ[v]) for v in ("HB_SOURCE_DIR", "HB_BUILD_DIR", "HB_CLI"))
FACTORIAL = SOURCE / "guest/examples/bytecode/factorial.hba"
SANITIZE = ["-fsanitize=address,undefined"] if os.environ.get("HB_BUILD_TYPE") in ("Checked", "Fuzz") else []


def run(*command, status=0, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode != status:
        sys.exit(f"{' '.join(map(str, command))}: status {done.returncode}, not {status}\n{done.stdout}{done.stderr}")
    return done.stdout


def libraries():
    out = ["-lpthread", "-lm"]
    for name in ("jansson", "lmdb"):
        if shutil.which("pkg-config") and subprocess.run(["pkg-config", "--exists", name]).returncode == 0:
            out += subprocess.run(["pkg-config", "--libs", name], capture_output=True, text=True, check=True).stdout.split()
    return out


def compile_example(name, to):
    run("cc", "-std=c17", "-Wall", "-Wextra", "-Werror", *SANITIZE, "-I", SOURCE / "include", SOURCE / f"docs/examples/{name}.c", "-o", to / name, BUILD / "libhauptbuch.a", *libraries())
    return to / name


def examples(to):
    program = to / "factorial.hbc"
    run(CLI, "asm", FACTORIAL, "-o", program)
    out = run(compile_example("execute_and_verify", to), program, 5)
    assert "first public byte 120" in out and "the proof is valid" in out and "no ledger" in out, out
    out = run(compile_example("aggregate_three", to), program)
    assert out.startswith("Proof aggregation failed: "), out
    out = run(compile_example("build_a_program", to), program, to / "packaged.hbc")
    assert "price-list again: Duplicate dependency" in out and "a wrong version: Invalid dependency version" in out, out
    assert run(CLI, "vkey", to / "packaged.hbc"), "the packaged program has a key"


STATE = r"""executed: state verified, commitment of \d+ bytes, proof of state of \d+
executed: state verified, commitment of \d+ bytes, proof of state of \d+
the counter is at 2: \d+ bytes of proof
and not at 3: State verification failed: .+
another root: State verification failed: version 2, the ledger's last one, has another root
proven, state not committed
commit: done
from the cache, state not committed
commit: State verification failed: the ledger refuses the step: .+
version 0: genesis, root (\w+)...
version 1: proven, root (\w+)...
version 2: proven, root (\w+)...
version 3: proven, root (\w+)...
version 4: administrative, root (\w+)...
"""


def state_example(to):
    example, counter = compile_example("state_and_cache", to), to / "counter.elf"
    built = subprocess.run([CLI, "build", SOURCE / "tests/guests/programs/c-ledger", "-o", counter], capture_output=True, text=True, env=dict(os.environ, HAUPTBUCH_CACHE=str(to / "cache")))
    if built.returncode == 3:
        print("no compiler for guests in C: state_and_cache is compiled and not run:", built.stderr)
        return
    assert built.returncode == 0, built.stderr
    if subprocess.run([CLI, "state", "--help"], capture_output=True).returncode != 0:  # built without LMDB
        assert "built without the ledger" in subprocess.run([example, counter, to / "bank"], capture_output=True, text=True).stderr
        return
    out = run(example, counter, to / "bank")
    told = re.fullmatch(STATE, out)
    assert told, out
    roots = told.groups()
    assert len(set(roots)) == 4 and roots[4] == roots[1], out
    assert run(CLI, "state", "check", to / "bank", "--proofs")


def headers_are_cplusplus(to):
    if not shutil.which("c++"):
        print("no C++ compiler: the headers are not tried with one")
        return
    names = sorted(p.name for p in (SOURCE / "include/hauptbuch").glob("*.h"))
    (to / "all.cc").write_text("".join(f'#include "hauptbuch/{n}"\n' for n in names) + "int main() { return hb_status_text(HB_OK)[0] == 'S' ? 0 : 1; }\n")
    run("c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", *SANITIZE, "-I", SOURCE / "include", to / "all.cc", "-o", to / "all", BUILD / "libhauptbuch.a", *libraries())
    run(to / "all")


def exported_symbols():
    declared = set()
    for path in (SOURCE / "include/hauptbuch").glob("*.h"):
        declared |= set(re.findall(r"HB_PUBLIC[^;]*?\b(hb_\w+)\(", path.read_text()))
    lines = run("nm", "-D", "--defined-only", BUILD / "libhauptbuch.so").splitlines()
    exported = {line.split()[-1].split("@")[0] for line in lines if line.split()[-2] in "TDBR"}
    if SANITIZE:
        exported = {e for e in exported if e.startswith("hb_")}
    missing, extra = declared - exported, exported - declared
    assert not missing, f"declared but not exported: {sorted(missing)}"
    assert not extra, f"exported but not declared: {sorted(extra)}"
    assert len(declared) > 50, "the headers declare functions"


with tempfile.TemporaryDirectory() as directory:
    examples(Path(directory))
    state_example(Path(directory))
    headers_are_cplusplus(Path(directory))
    exported_symbols()
