"""Shared by the tests of guest programs: building, running natively and in the executor, comparing. Needs HB_CLI (set by ctest)."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get("HB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("HB_BUILD_DIR", ROOT / "build" / "release"))
CLI = os.environ.get("HB_CLI", str(BUILD / "hauptbuch"))
WORK = BUILD / "guests"
SKIPPED = 77

ENVIRONMENT = dict(os.environ, HAUPTBUCH_CACHE=str(WORK / "cache"))
for name in ("HB_INPUT", "HB_PUBLIC_VALUES", "HB_RUSTFLAGS", "RUSTFLAGS", "CARGO_TARGET_DIR"):
    ENVIRONMENT.pop(name, None)


def run(command, **options):
    options.setdefault("env", ENVIRONMENT)
    return subprocess.run([str(part) for part in command], capture_output=True, timeout=600, **options)


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def build(project, name=None, cli_options=(), env=None):
    """The program's path. Cargo's output stays out of the source tree."""
    output = WORK / "elf" / f"{name or pathlib.Path(project).name}.elf"
    output.parent.mkdir(parents=True, exist_ok=True)
    environment = dict(ENVIRONMENT, CARGO_TARGET_DIR=str(WORK / "target"), **(env or {}))
    done = run([CLI, "build", project, "-o", output, *cli_options], env=environment)
    if done.returncode == 3 and b"no usable Rust compiler" in done.stderr:
        skip(done.stderr.decode())
    assert done.returncode == 0, f"building {project}: {done.returncode}\n{done.stderr.decode()}"
    return output


def build_native(workspace):
    target = WORK / "native"
    done = run(["cargo", "build", "--release", "--quiet", "--offline", "--manifest-path", pathlib.Path(workspace) / "Cargo.toml", "--target-dir", target])
    assert done.returncode == 0, done.stderr.decode()
    return target / "release"


class Result:
    def __init__(self, code, stdout, stderr, public, report=None):
        self.code, self.stdout, self.stderr, self.public, self.report = code, stdout, stderr, public, report


def _files(directory, inputs):
    paths = []
    for index, data in enumerate(inputs):
        path = pathlib.Path(directory) / f"input{index}"
        path.write_bytes(data)
        paths.append(path)
    return paths


def run_native(program, arguments=(), stdin=b"", inputs=()):
    with tempfile.TemporaryDirectory() as directory:
        public = pathlib.Path(directory) / "public"
        public.write_bytes(b"")
        environment = dict(ENVIRONMENT, HB_PUBLIC_VALUES=str(public), HB_INPUT=":".join(map(str, _files(directory, inputs))))
        done = run([program, *arguments], input=stdin, env=environment)
        return Result(done.returncode, done.stdout, done.stderr, public.read_bytes())


SPEED = ("wall_ns", "translated")  # all that may differ between the engines


def without_speed(report):
    return {key: value for key, value in report.items() if key not in SPEED}


def run_guest(program, arguments=(), stdin=b"", inputs=(), options=()):
    """Runs it passing output through, and with a report by translated code and by the interpreter, and checks that all tell the same."""
    with tempfile.TemporaryDirectory() as directory:
        public = pathlib.Path(directory) / "public"
        typed = pathlib.Path(directory) / "stdin"
        typed.write_bytes(stdin)
        command = [CLI, "run", program, "--stdin", typed, "--public-values", public, *options]
        for path in _files(directory, inputs):
            command += ["--input", path]
        done = run([*command, "--", *arguments])
        told = run([*command, "--json", "--", *arguments], env=dict(ENVIRONMENT, HB_JIT="always"))
        assert done.returncode == told.returncode, (done.returncode, told.returncode, told.stderr)
        report = json.loads(told.stdout)
        interpreted = run([*command, "--json", "--", *arguments], env=dict(ENVIRONMENT, HB_JIT="0"))
        assert without_speed(json.loads(interpreted.stdout)) == without_speed(report), "translated code and interpreter disagree"
        assert json.loads(interpreted.stdout)["translated"] == 0 and (report["translated"] > 0 or report["cycles"] < 100 or os.uname().machine != "x86_64")
        if "stdout" in report:
            assert report["stdout"].encode() == done.stdout
        if report["end"] == "halt":
            assert report["exit_code"] == done.returncode
            assert report["public_digest"] == hashlib.sha256(public.read_bytes()).hexdigest(), "the digest is not that of the public values"
        assert bytes.fromhex(report["public_values"]) == public.read_bytes()
        return Result(done.returncode, done.stdout, done.stderr, public.read_bytes(), report)


def equal(what, got, wanted):
    assert got == wanted, f"{what}:\n{got!r}\ninstead of\n{wanted!r}"


def same(name, native, guest, codes=True):
    equal(f"{name}: stdout", guest.stdout, native.stdout)
    equal(f"{name}: public values", guest.public, native.public)
    if codes:
        equal(f"{name}: exit code", guest.code, native.code)


def main(tests):
    """Runs all functions, prints one line each; a failed one does not stop the others."""
    WORK.mkdir(parents=True, exist_ok=True)
    failed = 0
    for test in tests:
        try:
            test()
            print("ok     ", test.__name__, flush=True)
        except AssertionError as error:
            failed += 1
            print("FAILED ", test.__name__, "\n", error, flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def fresh_copy(source, directory):
    target = pathlib.Path(directory) / pathlib.Path(source).name
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("target"))
    return target
