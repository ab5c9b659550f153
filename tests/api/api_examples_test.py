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
    out = run(compile_example("state_and_cache", to), program).splitlines()
    assert out[0].startswith("proven: ") and out[1].startswith("from the cache: ") and out[2].startswith("State verification failed: "), out
    out = run(compile_example("build_a_program", to), program, to / "packaged.hbc")
    assert "price-list again: Duplicate dependency" in out and "a wrong version: Invalid dependency version" in out, out
    assert run(CLI, "vkey", to / "packaged.hbc"), "the packaged program has a key"


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
    headers_are_cplusplus(Path(directory))
    exported_symbols()
