#!/usr/bin/env python3
"""The Python module and the Rust crate of bindings/ against the built library, with their examples."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE, BUILD, CLI = (pathlib.Path(os.environ[v]) for v in ("HB_SOURCE_DIR", "HB_BUILD_DIR", "HB_CLI"))
if os.environ.get("HB_BUILD_TYPE") in ("Checked", "Fuzz"):
    print("skipped: a library with sanitizers cannot be loaded by programs without them")
    sys.exit(77)


def run(*command, **environment):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=dict(os.environ, **environment))
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def python(program):
    library = {"HAUPTBUCH_LIBRARY": str(BUILD / "libhauptbuch.so"), "PYTHONPATH": str(SOURCE / "bindings/python"), "PYTHONDONTWRITEBYTECODE": "1"}
    out = run(sys.executable, SOURCE / "bindings/python/example.py", program, 5, **library)
    assert "first public byte 120" in out, out
    check = f"""
import hauptbuch
r = hauptbuch.Machine().execute(hauptbuch.Program.from_file({str(program)!r}), stdin=(5).to_bytes(8, 'little'), secure=True)
bad = bytearray(r.proof); bad[-1] ^= 1
for key, proof, code in ((r.verifying_key, bytes(bad), 0), (r.verifying_key, r.proof, 1), (bytes(32), r.proof, 0)):
    try:
        hauptbuch.verify(key, proof, code)
        raise SystemExit('accepted')
    except hauptbuch.Error as e:
        assert e.text == 'Proof verification failed' and e.reason, e
try:
    hauptbuch.Program(b'nothing')
    raise SystemExit('accepted')
except hauptbuch.Error as e:
    assert e.text == 'Invalid program', e
"""
    run(sys.executable, "-c", check, **library)


def rust(program, directory):
    cargo, rustc = next(((c, r) for c, r in (("/usr/bin/cargo", "/usr/bin/rustc"), (shutil.which("cargo"), shutil.which("rustc"))) if c and r and os.path.exists(c) and os.path.exists(r)), (None, None))
    if not cargo:
        print("no Rust compiler: the crate is not tried")
        return
    run(cargo, "build", "--quiet", "--offline", "--manifest-path", SOURCE / "bindings/rust/Cargo.toml", "--example", "prove", "--target-dir", directory / "target",
        RUSTC=rustc, HAUPTBUCH_LIB_DIR=str(BUILD))
    out = run(directory / "target/debug/examples/prove", program, 5)
    assert "first public byte 120; a spoilt proof: Proof verification failed" in out, out


with tempfile.TemporaryDirectory() as place:
    made = pathlib.Path(place) / "factorial.hbc"
    run(CLI, "asm", SOURCE / "guest/examples/bytecode/factorial.hba", "-o", made)
    python(made)
    rust(made, pathlib.Path(place))
