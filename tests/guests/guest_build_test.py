"""hauptbuch build and hauptbuch new: templates, reproducible bytes, errors of the compiler, wrong surroundings, C projects."""
import hashlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

import guest_support as g

RUST = g.ROOT / "guest" / "examples" / "rust"
C = g.ROOT / "guest" / "examples" / "c"


def cli(*arguments, env=None, cwd=None):
    return g.run([g.CLI, *arguments], env=dict(g.ENVIRONMENT, **(env or {})), cwd=cwd)


def project(directory, main, manifest=""):
    root = pathlib.Path(directory) / "prog"
    (root / "src").mkdir(parents=True)
    (root / "Cargo.toml").write_text('[package]\nname = "prog"\nversion = "0.1.0"\nedition = "2021"\n' + manifest)
    (root / "src" / "main.rs").write_text(main)
    return root


def new_rust_project():
    with tempfile.TemporaryDirectory() as directory:
        done = cli("new", "my-prog", cwd=directory)
        g.equal("new", done.returncode, 0)
        done = cli("build", "my-prog", "-o", "my.elf", "--offline", cwd=directory)
        g.equal("build " + done.stderr.decode(), done.returncode, 0)
        result = g.run_guest(pathlib.Path(directory) / "my.elf", inputs=[struct.pack("<I", 10)])
        g.equal("run", (result.code, result.stdout, result.public), (0, b"1 + ... + 10 = 55\n", struct.pack("<IQ", 10, 55)))
        g.equal("no input", g.run_guest(pathlib.Path(directory) / "my.elf").code, 3)
        g.equal("a second time", cli("new", "my-prog", cwd=directory).returncode, 3)
        g.equal("bad name", cli("new", "my prog", cwd=directory).returncode, 2)
        g.equal("no name", cli("new", cwd=directory).returncode, 2)


def new_c_project():
    with tempfile.TemporaryDirectory() as directory:
        g.equal("new", cli("new", "--c", "mine", cwd=directory).returncode, 0)
        done = cli("build", "mine", "-o", "mine.elf", cwd=directory)
        g.equal("build " + done.stderr.decode(), done.returncode, 0)
        result = g.run_guest(pathlib.Path(directory) / "mine.elf", inputs=[struct.pack("<I", 10)])
        g.equal("run", (result.code, result.stdout, result.public), (0, b"done\n", struct.pack("<IQ", 10, 55)))


def same_bytes_everywhere():
    """Another directory, another cache, another place of the installation: the same program."""
    with tempfile.TemporaryDirectory() as directory:
        guest = g.fresh_copy(g.ROOT / "guest", directory)
        for beside in ("src", "include", "verifiers"):  # what the C SDK's ledger is made of
            os.symlink(g.ROOT / beside, pathlib.Path(directory) / beside)
        elsewhere = {"HAUPTBUCH_CACHE": directory + "/cache", "HB_GUEST_DIR": str(guest)}
        for name in ("word-stats", "exit-codes"):
            first = g.build(RUST / name).read_bytes()
            done = cli("build", guest / "examples" / "rust" / name, "-o", directory + "/a.elf", env=elsewhere)
            g.equal(name + done.stderr.decode(), done.returncode, 0)
            second = pathlib.Path(directory, "a.elf").read_bytes()
            g.equal(name, hashlib.sha256(second).hexdigest(), hashlib.sha256(first).hexdigest())
            for place in (str(g.ROOT), directory, os.path.expanduser("~/.")):
                assert place.encode() not in first, f"{name} contains {place}"
        first = g.build(C / "sort").read_bytes()
        done = cli("build", guest / "examples" / "c" / "sort", "-o", directory + "/c.elf", env=elsewhere)
        g.equal("sort " + done.stderr.decode(), done.returncode, 0)
        g.equal("sort", pathlib.Path(directory, "c.elf").read_bytes(), first)


def shape_of_the_program():
    """Segments ascending, none writable and executable, entry and image where the ABI wants them."""
    for program in (g.build(RUST / "word-stats"), g.build(C / "sort")):
        data = program.read_bytes()
        entry, header_at = struct.unpack_from("<QQ", data, 24)
        size, count = struct.unpack_from("<HH", data, 54)
        g.equal("class, order, type, machine", (data[4], data[5], *struct.unpack_from("<HH", data, 16)), (2, 1, 2, 243))
        end = 0x78000000
        for i in range(count):
            kind, flags, _, at, _, _, memory, _ = struct.unpack_from("<IIQQQQQQ", data, header_at + i * size)
            if kind != 1:
                continue
            assert at >= end and flags & 3 != 3, (hex(at), flags)
            end = at + memory
            if flags & 1:
                assert at <= entry < end


def plain_program_without_the_sdk():
    with tempfile.TemporaryDirectory() as directory:
        root = project(directory, 'fn main() { println!("{:?}", std::env::args().collect::<Vec<_>>()); std::process::exit(300) }\n')
        done = cli("build", root, "-o", directory + "/p.elf")
        g.equal(done.stderr.decode(), done.returncode, 0)
        result = g.run_guest(directory + "/p.elf", ["x", "y z"])
        g.equal("run", (result.code, result.stdout), (44, b'["guest", "x", "y z"]\n'))


def errors_of_the_compiler_come_through():
    with tempfile.TemporaryDirectory() as directory:
        root = project(directory, "fn main() { let x: u32 = \"no\"; }\n")
        done = cli("build", root, "-o", directory + "/p.elf")
        g.equal("exit status", done.returncode, 1)
        for part in (b"error[E0308]", b"src/main.rs:1:", b"expected `u32`, found `&str`"):
            assert part in done.stderr, done.stderr.decode()
        assert not pathlib.Path(directory, "p.elf").exists()
        # What a stable compiler refuses is refused, although the build itself uses unstable options.
        shutil.rmtree(root)
        root = project(directory, "#![feature(never_type)]\nfn main() {}\n")
        done = cli("build", root, "-o", directory + "/p.elf")
        g.equal("unstable feature", done.returncode, 1)
        assert b"never_type" in done.stderr, done.stderr.decode()


def several_programs():
    with tempfile.TemporaryDirectory() as directory:
        root = project(directory, "fn main() {}\n")
        (root / "src" / "bin").mkdir()
        (root / "src" / "bin" / "other.rs").write_text('fn main() { println!("other") }\n')
        done = cli("build", root, "-o", directory + "/p.elf")
        g.equal("which?", done.returncode, 2)
        assert b"--bin" in done.stderr and b"other" in done.stderr and b"prog" in done.stderr, done.stderr.decode()
        g.equal("this one", cli("build", root, "--bin", "other", "-o", directory + "/p.elf").returncode, 0)
        g.equal("runs", g.run_guest(directory + "/p.elf").stdout, b"other\n")


def script(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


def wrong_surroundings():
    with tempfile.TemporaryDirectory() as directory:
        fake = pathlib.Path(directory, "rustc")
        script(fake, "[ \"$1\" = -vV ] && printf 'rustc 1.70.0\\nrelease: 1.70.0\\nhost: x86_64-unknown-linux-gnu\\n'\n"
                     f"[ \"$1\" = --print ] && echo {directory}\nexit 0\n")
        done = cli("build", RUST / "empty", "-o", directory + "/p.elf", env={"HB_RUSTC": str(fake)})
        g.equal("unsupported compiler", done.returncode, 3)
        assert b"1.70.0 is not supported (supported: " in done.stderr, done.stderr.decode()

        release = subprocess.run(["sed", "-n", "/^[0-9]/{p;q}", g.ROOT / "guest/rust/supported-compilers.txt"], capture_output=True, text=True).stdout.strip()
        script(fake, f"[ \"$1\" = -vV ] && printf 'rustc {release}.0\\nrelease: {release}.0\\nhost: x86_64-unknown-linux-gnu\\n'\n"
                     f"[ \"$1\" = --print ] && echo {directory}\nexit 0\n")
        script(pathlib.Path(directory, "cargo"), "exit 0\n")
        library = pathlib.Path(directory, "lib/rustlib/src/rust/library/std/src")
        library.mkdir(parents=True)
        (library / "lib.rs").write_text("")
        env = {"HB_RUSTC": str(fake), "HAUPTBUCH_CACHE": directory + "/cache"}
        done = cli("build", RUST / "empty", "-o", directory + "/p.elf", env=env)
        g.equal("source of another layout", done.returncode, 3)
        assert b"is not laid out as" in done.stderr, done.stderr.decode()
        left = [path for path in pathlib.Path(directory, "cache").iterdir() if path.name.startswith(("work", "std"))]
        g.equal("nothing is left behind", left, [])

        done = cli("build", RUST / "empty", "-o", directory + "/p.elf", env={"HB_RUSTC": "/nowhere/rustc"})
        g.equal("no compiler", done.returncode, 3)
        done = cli("build", RUST / "empty", "-o", directory + "/no/such/dir/p.elf", env={"CARGO_TARGET_DIR": str(g.WORK / "target")})
        g.equal("no place for the output", done.returncode, 3)
        g.equal("no project", cli("build", directory).returncode, 3)
        g.equal("no directory", cli("build", directory + "/nowhere").returncode, 3)
        g.equal("usage", cli("build").returncode, 2)
        g.equal("unknown option", cli("build", "--frob", directory).returncode, 2)


def c_examples():
    result = g.run_guest(g.build(C / "hello"), ["a", "b c", ""], inputs=[b"abcdefg"])
    g.equal("hello", (result.code, result.stdout, result.public), (0, b"hello a b c \n", b"abcdefg"))
    g.equal("hello without input", g.run_guest(g.build(C / "hello")).public, b"")
    result = g.run_guest(g.build(C / "fib"), inputs=[struct.pack("<I", 100)])
    rust = g.run_guest(g.build(RUST / "fibonacci"), inputs=[struct.pack("<I", 100)])
    g.equal("fib", (result.stdout, result.public), (rust.stdout, rust.public))
    g.equal("fib, bad input", g.run_guest(g.build(C / "fib"), inputs=[b"123"]).code, 3)
    keccak = g.build(RUST / "keccak")
    for size in (0, 1, 63, 64, 135, 136, 137, 1000):
        data = bytes((i * 5 + 1) & 255 for i in range(size))
        public = g.run_guest(g.build(C / "hashes"), inputs=[data]).public
        g.equal(f"hashes of {size}", public, hashlib.sha256(data).digest() + g.run_guest(keccak, inputs=[data]).public)
    if not pathlib.Path("/usr/lib/picolibc/riscv64-unknown-elf").exists():
        print("        (no picolibc here: example sort left out)")
        return
    numbers = " ".join(str(i * 37 % 101 - 50.5) for i in range(300)).encode()
    result = g.run_guest(g.build(C / "sort"), stdin=numbers)
    values = sorted(i * 37 % 101 - 50.5 for i in range(300))
    text = "".join(f"{value:.3f}\n" for value in values)
    g.equal("sort", (result.code, result.public.decode()), (0, text))
    g.equal("sort, stdout", result.stdout.decode(), text + f"mean {sum(values) / 300:.6f} of 300")
    result = g.run_guest(g.build(C / "sort"), stdin=b"")
    g.equal("sort, no input", (result.code, result.stderr), (3, b"no numbers\n"))


def c_projects_that_are_wrong():
    good = {"name": "x", "version": "1", "sources": ["a.c"]}
    cases = [
        ("{", b"hauptbuch.json:1:"),
        (json.dumps(dict(good, sorces=[])), b"unknown key \"sorces\""),
        (json.dumps(dict(good, sources=[])), b"names no file"),
        (json.dumps(dict(good, sources="a.c")), b"must be a list"),
        (json.dumps(dict(good, sources=[1])), b"strings only"),
        (json.dumps(dict(good, name="../x")), b"\"name\""),
        (json.dumps(dict(good, libc="glibc")), b"\"libc\""),
        (json.dumps({"name": "x", "sources": ["a.c"]}), b"\"version\""),
        (json.dumps(good), b"use of undeclared identifier"),
    ]
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory, "p")
        root.mkdir()
        (root / "a.c").write_text("int main(void) { return nothing; }\n")
        for text, message in cases:
            (root / "hauptbuch.json").write_text(text)
            done = cli("build", root, "-o", directory + "/p.elf")
            g.equal(text, done.returncode, 1)
            assert message in done.stderr or b"undeclared" in done.stderr, (text, done.stderr.decode())


if __name__ == "__main__":
    g.build(RUST / "empty")  # or skip
    g.main([new_rust_project, new_c_project, same_bytes_everywhere, shape_of_the_program, plain_program_without_the_sdk, errors_of_the_compiler_come_through,
            several_programs, wrong_surroundings, c_examples, c_projects_that_are_wrong])
