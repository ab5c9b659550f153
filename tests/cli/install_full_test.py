"""Installs into a fresh prefix, moves it, and uses only what lies there: new, build, run, prove, verify (offline); the library through pkg-config and CMake;
the WebAssembly verifier."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
sys.path.insert(0, str(ROOT / "tests" / "guests"))
import guest_support as g  # noqa: E402

CHECKED = os.environ.get("HB_BUILD_TYPE") != "Release"
PROGRAM = r"""
#include <hauptbuch/verify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char memory[HB_VERIFIER_BYTES], proof[1 << 22];

int main(int argc, char **argv)
{
    unsigned char vkey[32];
    for (int i = 0; i < 32; i++) {
        const char pair[3] = {argv[2][2 * i], argv[2][2 * i + 1], 0};
        vkey[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    FILE *file = fopen(argv[1], "rb");
    size_t n = file && argc == 4 ? fread(proof, 1, sizeof proof, file) : 0;
    hb_verdict verdict;
    int yes = hb_verifier_check(hb_verifier_init(memory, sizeof memory), proof, n, vkey, (unsigned)atoi(argv[3]), &verdict);
    printf("%s: ", verdict.text);
    if (yes)
        fwrite(verdict.public_values, 1, (size_t)verdict.public_bytes, stdout);
    return !yes;
}
"""
place = None  # the prefix, after it was moved


def installed(*parts):
    return place.joinpath(*parts)


def library(name):
    found = [path for path in place.glob(f"lib*/**/{name}")]
    assert found, f"{name} is not installed"
    return found[0]


def environment(directory):
    """No way back to the source tree, no network."""
    path = ":".join(part for part in os.environ["PATH"].split(":") if "hauptbuch" not in part)
    keep = {name: value for name, value in g.ENVIRONMENT.items() if not name.startswith("HB_")}
    return dict(keep, PATH=path, CARGO_NET_OFFLINE="true", PKG_CONFIG_PATH=str(library("hauptbuch-verify.pc").parent), TMPDIR=str(directory))


def everything_is_there():
    for file in ("bin/hauptbuch", "include/hauptbuch/verify.h", "share/hauptbuch/guest/rt/link.ld", "share/hauptbuch/guest/rust/template/Cargo.toml.in",
                 "share/hauptbuch/guest/c/template/main.c", "share/hauptbuch/guest/examples/c/hello/main.c", "share/man/man1/hauptbuch.1"):
        assert installed(file).is_file(), f"{file} is not installed"
    for name in ("libhauptbuch.a", "libhauptbuch.so", "libhauptbuch-verify.a", "hauptbuch-verify.pc", "hauptbuch-verify-config.cmake"):
        library(name)
    strays = [path for path in installed("share").rglob("*") if path.name == "target" or path.suffix in (".elf", ".o")]
    g.equal("build products among the guest files", strays, [])
    assert os.access(installed("share/hauptbuch/guest/rust/rustc-wrapper.sh"), os.X_OK)
    for file in place.rglob("*"):  # scripts and descriptions must not point to where they came from (debugging information may)
        if file.is_file() and file.suffix in (".pc", ".cmake", ".json", ".toml", ".in", ".sh", ".ld", ".1"):
            assert str(ROOT) not in file.read_text(), f"{file} names the source tree"


def cycle(directory, options, name, expected):
    """new, build, run, prove, verify; the input of the templates is a u32. Returns proof and key."""
    cli, env = installed("bin/hauptbuch"), environment(directory)

    def step(*words, code=0):
        done = g.run([cli, *words], cwd=directory, env=env)
        g.equal(f"{words}: {done.stderr.decode()}", done.returncode, code)
        return done

    pathlib.Path(directory, "ten").write_bytes(b"\x0a\0\0\0")
    step("new", *options, name)
    step("build", name, "-o", f"{name}.elf", *(["--offline"] if not options else []))
    g.equal("run", step("run", f"{name}.elf", "--input", "ten").stdout, expected)
    step("prove", f"{name}.elf", "--input", "ten", "-o", f"{name}.proof")
    key = step("vkey", f"{name}.elf").stdout.decode().strip()
    step("verify", f"{name}.proof", "--vkey", key, "--public-values", "public")
    step("verify", f"{name}.proof", "--program", f"{name}.elf", "--exit-code", "1", code=1)
    public = pathlib.Path(directory, "public").read_bytes()
    g.equal("public values", public, b"\x0a\0\0\0" + (55).to_bytes(8, "little"))
    return pathlib.Path(directory, f"{name}.proof"), key


def c_from_the_installation():
    with tempfile.TemporaryDirectory() as directory:
        proof, key = cycle(directory, ["--c"], "mine", b"done\n")
        if not CHECKED:
            uses_of_the_library(directory, proof, key)
        uses_of_the_module(proof, key)


def rust_from_the_installation():
    with tempfile.TemporaryDirectory() as directory:
        cycle(directory, [], "my-prog", b"1 + ... + 10 = 55\n")


def uses_of_the_library(directory, proof, key):
    source, program, env = pathlib.Path(directory, "check.c"), pathlib.Path(directory, "check"), environment(directory)
    source.write_text(PROGRAM)
    flags = g.run(["pkg-config", "--cflags", "--libs", "hauptbuch-verify"], env=env)
    g.equal(flags.stderr.decode(), flags.returncode, 0)
    done = g.run(["cc", "-std=c17", "-Wall", "-Werror", source, "-o", program, *flags.stdout.decode().split()], env=env)
    g.equal(done.stderr.decode(), done.returncode, 0)
    says(program, proof, key)
    if shutil.which("g++"):
        source.with_suffix(".cc").write_text("#include <hauptbuch/verify.h>\nint main() { return hb_verifier_init(nullptr, 0) != nullptr; }\n")
        done = g.run(["g++", "-Wall", "-Werror", source.with_suffix(".cc"), "-o", program, *flags.stdout.decode().split()], env=env)
        g.equal(done.stderr.decode(), done.returncode, 0)
        g.equal("C++", g.run([program]).returncode, 0)
    source.with_name("CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(check C)\nfind_package(hauptbuch-verify 0.1 REQUIRED)\n"
                                                  "add_executable(check check.c)\ntarget_link_libraries(check hauptbuch::hauptbuch-verify)\n")
    for step in (["-S", directory, "-B", f"{directory}/b", f"-DCMAKE_PREFIX_PATH={place}"], ["--build", f"{directory}/b"]):
        done = g.run(["cmake", *step], env=env)
        g.equal(done.stderr.decode(), done.returncode, 0)
    says(pathlib.Path(directory, "b", "check"), proof, key)


def says(program, proof, key):
    done = g.run([program, proof, key, "0"])
    g.equal("accepted", (done.returncode, done.stdout[:14]), (0, b"accepted: \x0a\0\0\0"))
    done = g.run([program, proof, key, "3"])
    g.equal("rejected", (done.returncode, done.stdout), (1, b"the program ended with another exit code: "))


def uses_of_the_module(proof, key):
    wrapper, node = installed("share/hauptbuch/wasm/hauptbuch_verify.mjs"), shutil.which("node") or shutil.which("nodejs")
    if wrapper.exists() and node:
        done = g.run([node, wrapper, proof, "--vkey", key])
        g.equal(f"wasm: {done.stderr.decode()}", done.returncode, 0)


def the_manual_is_found():
    if not shutil.which("man"):
        return
    done = g.run(["man", "-M", installed("share/man"), "-w", "hauptbuch"])
    g.equal(done.stderr.decode(), (done.returncode, done.stdout.decode().strip()), (0, str(installed("share/man/man1/hauptbuch.1"))))


if __name__ == "__main__":
    g.WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as top:
        first = pathlib.Path(top, "first")
        laid = subprocess.run(["cmake", "--install", str(g.BUILD), "--prefix", str(first)], capture_output=True, text=True)
        if laid.returncode:
            print(laid.stdout[-500:], laid.stderr)
            sys.exit(1)
        place = first.rename(pathlib.Path(top, "moved"))
        tests = [everything_is_there, c_from_the_installation, the_manual_is_found]
        g.main(tests + ([rust_from_the_installation] if pathlib.Path("/usr/bin/rustc").exists() else []))
