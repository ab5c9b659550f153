"""hauptbuch build describes what it builds: a Rust program with its crates and our table in Cargo.toml, a C program with our keys in hauptbuch.json."""
import json
import pathlib
import tempfile

import guest_support as g


def package(program):
    done = g.run([g.CLI, "package", program])
    g.equal("package " + done.stderr.decode(), done.returncode, 0)
    return done.stdout.decode().splitlines()


def has(lines, *wanted):
    for line in wanted:
        assert line in lines, f"'{line}' is not among\n" + "\n".join(lines)


def rust():
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory, "prog")
        (root / "src").mkdir(parents=True)
        (root / "src" / "main.rs").write_text('fn main() { hauptbuch::io::commit(&7u64); println!("{}", helper::seven()); }\n')
        (root / "helper" / "src").mkdir(parents=True)
        (root / "helper" / "src" / "lib.rs").write_text("pub fn seven() -> u32 { 7 }\n")
        (root / "helper" / "Cargo.toml").write_text('[package]\nname = "helper"\nversion = "2.3.4"\nedition = "2021"\n')
        (root / "Cargo.toml").write_text(f"""[package]
name = "prog"
version = "1.2.3"
edition = "2021"
authors = ["Ada <ada@example.org>"]
description = "A test."
license = "MIT"

[dependencies]
hauptbuch = {{ path = "{g.ROOT}/guest/rust/hauptbuch" }}
helper = {{ path = "helper", version = "2.3" }}

[package.metadata.hauptbuch]
id = "org.example.prog"
programs = {{ settle = "^1.4" }}
limits = {{ memory = 67108864, cycles = 1000000 }}
""")
        program = g.build(root, "prog-package", ["--offline"])
        has(package(program), "id             org.example.prog", "name           prog", "version        1.2.3", "author         Ada <ada@example.org>", "license        MIT",
            "description    A test.", "memory limit   67108864", "cycle limit    1000000", "crate          helper 2.3.4 (^2.3)", "program        settle (^1.4)")
        assert any(line.startswith("crate          std 1.") for line in package(program))
        (root / "Cargo.toml").write_text((root / "Cargo.toml").read_text().replace("^1.4", "one"))
        done = g.run([g.CLI, "build", root, "-o", pathlib.Path(directory, "x"), "--offline"], env=dict(g.ENVIRONMENT, CARGO_TARGET_DIR=str(g.WORK / "target")))
        g.equal("status", done.returncode, 1)
        assert b"Invalid dependency version: 'settle'" in done.stderr, done.stderr.decode()


def c():
    with tempfile.TemporaryDirectory() as directory:
        root = g.fresh_copy(g.ROOT / "guest" / "examples" / "c" / "fib", directory)
        settings = json.loads((root / "hauptbuch.json").read_text())
        plain = g.build(root, "fib-plain").read_bytes()
        settings.update(id="fib", author="Ada", license="MIT", description="Numbers", programs={"settle": "~1.2"}, limits={"stack": 65536})
        (root / "hauptbuch.json").write_text(json.dumps(settings))
        program = g.build(root, "fib-described")
        has(package(program), "id             fib", "author         Ada", "program        settle (~1.2)", "stack limit    65536")
        keys = [g.run([g.CLI, "vkey", path]).stdout for path in (program, g.WORK / "elf" / "fib-plain.elf")]
        g.equal("the key", keys[0], keys[1])
        assert program.read_bytes() != plain
        for change, text in (({"programs": {"A": "1"}}, b"Invalid dependency:"), ({"id": "A"}, b"is not an id"), ({"limits": {"stack": "x"}}, b'"limits" takes'),
                             ({"version": "1.0"}, b"is not a semantic version")):
            (root / "hauptbuch.json").write_text(json.dumps({**settings, **change}))
            done = g.run([g.CLI, "build", root, "-o", pathlib.Path(directory, "x")])
            g.equal(text, done.returncode, 1)
            assert text in done.stderr, done.stderr.decode()


ASKS_IN_C = """#include <hauptbuch.h>
int main(void)
{
    uint8_t key[32];
    static const char *const ids[] = {"settle", "nobody"};
    for (int k = 0; k < 2; k++) {
        if (hb_dependency_key(ids[k], key))
            write_output(key, 32);
        else
            write_output((const uint8_t *)"none", 4);
    }
    return 0;
}
"""
ASKS_IN_RUST = """fn main() {
    for id in ["settle", "nobody"] {
        match hauptbuch::dependency_key(id) {
            Some(key) => hauptbuch::io::commit_slice(&key),
            None => hauptbuch::io::commit_slice(b"none"),
        }
    }
}
"""


def keys_of_dependencies():
    """Guests ask for the key of a dependency: they get what its package has; without a registry the run does not begin."""
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        shelf = work / "shelf"
        shelf.mkdir()
        settle = g.fresh_copy(g.ROOT / "guest" / "examples" / "c" / "fib", directory)
        settings = json.loads((settle / "hauptbuch.json").read_text())
        (settle / "hauptbuch.json").write_text(json.dumps({**settings, "id": "settle", "version": "1.4.2"}))
        (shelf / "settle.elf").write_bytes(g.build(settle, "settle").read_bytes())
        key = bytes.fromhex(g.run([g.CLI, "vkey", shelf / "settle.elf"]).stdout.decode())
        c_project, rust_project = work / "asks-c", work / "asks-rust"
        c_project.mkdir()
        (c_project / "main.c").write_text(ASKS_IN_C)
        (c_project / "hauptbuch.json").write_text(json.dumps({"name": "asks", "version": "1.0.0", "sources": ["main.c"], "programs": {"settle": "^1.4"}}))
        (rust_project / "src").mkdir(parents=True)
        (rust_project / "src" / "main.rs").write_text(ASKS_IN_RUST)
        (rust_project / "Cargo.toml").write_text(f"""[package]
name = "asks"
version = "1.0.0"
edition = "2021"

[dependencies]
hauptbuch = {{ path = "{g.ROOT}/guest/rust/hauptbuch" }}

[package.metadata.hauptbuch]
programs = {{ settle = "^1.4" }}
""")
        for project, options in ((c_project, []), (rust_project, ["--offline"])):
            program, values = g.build(project, project.name, options), work / "values"
            done = g.run([g.CLI, "run", program, "--packages", shelf, "--public-values", values])
            g.equal(done.stderr, done.returncode, 0)
            g.equal(project.name, values.read_bytes(), key + b"none")
            done = g.run([g.CLI, "run", program])
            g.equal("without a registry", done.returncode, 125)
            assert b"Dependency resolution failed: 'settle' ^1.4: there is no registry" in done.stderr, done.stderr
            done = g.run([g.CLI, "prove", program, "-o", work / "proof", "--packages", work])
            g.equal("an empty registry", done.returncode, 1)
            assert b"Dependency resolution failed: 'settle' ^1.4: there is no such program" in done.stderr, done.stderr


if __name__ == "__main__":
    g.build(g.ROOT / "guest" / "examples" / "rust" / "empty")  # or skip
    g.main([rust, c, keys_of_dependencies])
