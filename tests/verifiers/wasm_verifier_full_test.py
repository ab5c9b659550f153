"""The WebAssembly verifier under Node, on real proofs: it and `hauptbuch verify` say the same of good ones and of bad ones, with the same reason."""
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
sys.path.insert(0, str(ROOT / "tests" / "guests"))
import guest_support as g  # noqa: E402

NODE = shutil.which("node") or shutil.which("nodejs")
MODULE, WRAPPER = g.BUILD / "hauptbuch_verify.wasm", g.BUILD / "hauptbuch_verify.mjs"
CHECKED = os.environ.get("HB_BUILD_TYPE") == "Checked"  # everything native is ten times slower
random.seed(20261125)


def native(case, directory):
    """[reason, message, exit code, digest, public values] as the command line says it."""
    public = pathlib.Path(directory) / "public"
    public.unlink(missing_ok=True)
    done = g.run([g.CLI, "verify", case["proof"], "--vkey", case["vkey"], "--exit-code", case["exit_code"], "--json", "--public-values", public])
    told = json.loads(done.stdout)
    g.equal("status and answer", done.returncode, 0 if told["valid"] else 1)
    if told["valid"]:
        return [0, "accepted", told["exit_code"], told["public_values_digest"], public.read_bytes().hex()]
    return [told["reason"], told["message"], None, None, None]


def prove(program, directory, name, inputs, *options):
    proof = pathlib.Path(directory) / name
    command = [g.CLI, "prove", program, "-o", proof, *options]
    for index, data in enumerate(inputs):
        path = pathlib.Path(directory) / f"{name}.{index}"
        path.write_bytes(data)
        command += ["--input", path]
    done = g.run(command)
    g.equal(f"proving {name}: {done.stderr.decode()}", done.returncode, 0)
    return proof


class Cases:
    def __init__(self, directory):
        self.directory, self.list, self.count = pathlib.Path(directory), [], 0

    def add(self, proof, vkey, exit_code=0):
        if isinstance(proof, bytes):
            path = self.directory / f"case{len(self.list)}"
            path.write_bytes(proof)
            proof = path
        self.list.append({"proof": str(proof), "vkey": vkey, "exit_code": exit_code})

    def wasm(self):
        listing = self.directory / "cases.json"
        listing.write_text(json.dumps(self.list))
        done = g.run([NODE, ROOT / "tests" / "verifiers" / "wasm_cases.mjs", WRAPPER, MODULE, listing])
        g.equal(f"node: {done.stderr.decode()}", done.returncode, 0)
        return json.loads(done.stdout)


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def bad_cases(cases, data, key, other_key):
    head = 1024  # parameters, program part, statement, heights: here most reasons live
    spread = 8 if CHECKED else 60
    for _ in range(spread):
        cases.add(flipped(data, random.randrange(8 * head)), key)
    for i in range(2 * spread):  # evenly over the whole file, a random bit in each piece
        piece = 8 * len(data) // (2 * spread)
        cases.add(flipped(data, i * piece + random.randrange(piece)), key)
    for n in [0, 1, 7, 8, 39, 40, 87, 88, 200, 1000, len(data) // 2, len(data) - 5, len(data) - 4, len(data) - 1]:
        cases.add(data[:n], key)
    cases.add(data + b"\0", key)
    cases.add(data + b"\0\0\0\0", key)
    cases.add(b"\x7fELF" + data[4:], key)
    cases.add(data, other_key)
    cases.add(data, "00" * 32)
    for code in (1, 3, 255):
        cases.add(data, key, code)


def both_verifiers_agree():
    hello, fib = g.build(ROOT / "guest/examples/c/hello"), g.build(ROOT / "guest/examples/c/fib")
    key, fib_key = (g.run([g.CLI, "vkey", program]).stdout.decode().split()[0] for program in (hello, fib))
    with tempfile.TemporaryDirectory() as directory:
        good = Cases(directory)
        text = b"public values \xff\0" * 200
        short = prove(hello, directory, "short", [b"abcdefg"])
        good.add(short, key)
        good.add(prove(hello, directory, "empty", []), key)
        good.add(prove(hello, directory, "long", [text]), key)
        good.add(prove(fib, directory, "failed", [b"123"]), fib_key, 3)  # a proof of a run that ended with code 3
        shards = prove(hello, directory, "shards", [b"abcdefg"], "--shard-cycles", "3000")
        good.add(shards, key)
        assert shards.stat().st_size > 2 * short.stat().st_size, "the run was not proved in shards"
        verdicts = good.wasm()
        g.equal("good proofs", [v[0] for v in verdicts], [0, 0, 0, 0, 0])
        g.equal("public values", [bytes.fromhex(v[4]) for v in verdicts], [b"abcdefg", b"", text, b"", b"abcdefg"])
        g.equal("exit codes", [v[2] for v in verdicts], [0, 0, 0, 3, 0])
        g.equal("as the native verifier says", verdicts, [native(case, directory) for case in good.list])

        bad = Cases(directory)
        bad_cases(bad, short.read_bytes(), key, fib_key)
        bad.add(directory + "/failed", fib_key, 0)
        data = shards.read_bytes()
        for i in range(4 if CHECKED else 24):
            bad.add(flipped(data, random.randrange(8 * len(data) if i % 2 else 8 * 1024)), key)
        bad.add(data[:len(data) // 2], key)
        verdicts = bad.wasm()
        for case, verdict in zip(bad.list, verdicts):
            g.equal(f"{case}", verdict, native(case, directory))
            assert verdict[0] != 0, f"accepted: {case}"
        reasons = {verdict[1] for verdict in verdicts}
        assert len(reasons) >= (6 if CHECKED else 10), reasons
        print(f"        ({len(verdicts)} bad proofs, {len(reasons)} reasons)")


def as_a_program():
    hello = g.build(ROOT / "guest/examples/c/hello")
    key = g.run([g.CLI, "vkey", hello]).stdout.decode().split()[0]
    with tempfile.TemporaryDirectory() as directory:
        proof, public = prove(hello, directory, "proof", [b"abcdefg"]), pathlib.Path(directory) / "public"
        done = g.run([NODE, WRAPPER, proof, "--vkey", key, "--public-values", public])
        g.equal("valid", (done.returncode, done.stdout[:20], public.read_bytes()), (0, b"valid: exit code 0, ", b"abcdefg"))
        done = g.run([NODE, WRAPPER, proof, "--vkey", key, "--exit-code", "1", "--module", MODULE])
        g.equal("rejected", (done.returncode, done.stderr), (1, b"rejected: the program ended with another exit code\n"))
        g.equal("usage", [g.run([NODE, WRAPPER, *rest]).returncode for rest in ([], [proof], [proof, "--vkey", "0"], [proof, "--vkey", key, "--frob"],
                                                                                 [proof, "--vkey", key, "--exit-code", "256"])], [2] * 5)
        g.equal("no file", g.run([NODE, WRAPPER, proof.with_name("nowhere"), "--vkey", key]).returncode, 3)
        g.equal("no module", g.run([NODE, WRAPPER, proof, "--vkey", key, "--module", "/nowhere"]).returncode, 3)


if __name__ == "__main__":
    if not NODE:
        g.skip("no node (Debian: nodejs)")
    if not MODULE.exists():
        g.skip("the module was not built: no clang or wasm-ld (Debian: clang, lld)")
    g.main([both_verifiers_agree, as_a_program])
