"""Random command lines and random hauptbuch.json: whatever the words and files, every verb answers with one of its exit statuses, says why when it is not 0, prints
JSON that is JSON, and no sanitizer or assertion speaks. HB_FUZZ_SECONDS: how long (default 40); HB_FUZZ_SEED: where to begin."""
import json
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT, CLI = pathlib.Path(os.environ["HB_SOURCE_DIR"]), os.environ["HB_CLI"]
SECONDS = float(os.environ.get("HB_FUZZ_SECONDS", "40"))
SEED = int(os.environ.get("HB_FUZZ_SEED", "1"))
VERBS = ["run", "prove", "verify", "vkey", "inspect", "asm", "disasm", "new", "build", "package", "trace", "state", "security", "version", "bench"]
COSTLY = {"prove", "bench"}            # take a second and more when the words happen to make sense
OWN_STATUS = {"run", "trace"}          # the program's
FORBIDDEN = re.compile(rb"AddressSanitizer|LeakSanitizer|runtime error:|[Aa]ssertion|stack smashing|HB_ASSERT")
NUMBERS = ["0", "1", "7", "-1", "255", "256", "65536", "4294967295", "4294967296", "9223372036854775807", "18446744073709551615", "18446744073709551616", "1e3", "0x10",
           "1k", "1G", "99999999999G", "17179869184G", " 5", "5 ", "+5", "", "-", "NaN", "%s%n", "\u0663", "1" * 400, "8.5", "1_000"]
NAMES = ["fib.elf", "fib.hbc", "fib.hba", "fib.proof", "bad.elf", "short.proof", "empty", "text", "directory", "nowhere", "no/such/place", "/dev/null", "/dev/full", "-", "--", "",
         "project", "x" * 300, "name with spaces", "new\nline", "\u00e4\u00f6", "a=b", "./fib.elf", "-o", "out", "out.proof", "ten"]


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(directory, words):
    env = {**os.environ, "HOME": str(directory), "HAUPTBUCH_CACHE": str(directory / "cache"), "HB_RUSTC": "/bin/false", "HB_CARGO": "/bin/false", "HB_CC": "/bin/false", "LC_ALL": "C"}
    return subprocess.run([CLI, *words], cwd=directory, env=env, stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=limits, timeout=600, check=False)


def fixtures(directory):
    hba = ROOT / "guest" / "examples" / "bytecode" / "fibonacci.hba"
    shutil.copy(hba, directory / "fib.hba")
    (directory / "ten").write_bytes(b"\x0a\0\0\0\0\0\0\0")
    for words in (["asm", "fib.hba", "-o", "fib.hbc"], ["disasm", "fib.hbc", "--elf", "-o", "fib.elf"], ["prove", "fib.elf", "--input", "ten", "-o", "fib.proof"]):
        result = run(directory, words)
        if result.returncode:
            sys.exit(f"{words}: {result.stderr.decode()}")
    elf, proof = (directory / "fib.elf").read_bytes(), (directory / "fib.proof").read_bytes()
    (directory / "bad.elf").write_bytes(elf[:16] + b"\xff" * 16 + elf[32:200])
    (directory / "short.proof").write_bytes(proof[:5000])
    (directory / "empty").write_bytes(b"")
    (directory / "text").write_bytes(b"no program, no proof\n" * 9)
    (directory / "directory").mkdir()
    (directory / "project").mkdir()
    (directory / "project" / "hauptbuch.json").write_text('{"name": "x", "version": "1.0.0", "sources": ["a.c"]}')
    (directory / "project" / "a.c").write_text("int main(void) { return 0; }\n")


def options_of(directory):
    """The options that a verb's help names; {verb: [..]}. `state` has verbs of its own."""
    found = {verb: sorted(set(re.findall(rb"(?<![\w-])--?[a-z][a-z-]*", run(directory, [verb, "--help"]).stdout))) for verb in VERBS}
    return {verb: [o.decode() for o in options] + ["--help", "--no-such-option", "--json"] for verb, options in found.items()}


def words_for(rng, verb, options):
    words = [verb]
    if verb == "state":
        words.append(rng.choice(["init", "show", "get", "prove", "verify", "apply", "history", "check", "import", "export", "register", "nonsense", ""]))
    for _ in range(rng.randrange(0, 7)):
        pick = rng.random()
        if pick < 0.45:
            option = rng.choice(options)
            words += [option + "=" + rng.choice(NUMBERS + NAMES)] if rng.random() < 0.2 else [option, rng.choice(rng.choice([NUMBERS, NAMES]))]
        elif pick < 0.85:
            words.append(rng.choice(NAMES))
        else:
            words.append(rng.choice(NUMBERS))
    if verb == "verify" and rng.random() < 0.5:
        words += ["--vkey", "".join(rng.choice("0123456789abcdefABCDEFg") for _ in range(rng.choice([0, 63, 64, 64, 64, 65])))]
    return words


def check(words, result):
    status, said = result.returncode, result.stdout + result.stderr
    shown = " ".join(ascii(w) for w in words)
    if FORBIDDEN.search(said) or status < 0:
        sys.exit(f"status {status}: {shown}\n{said[-3000:].decode(errors='replace')}")
    verb = words[0] if words else ""
    if verb not in OWN_STATUS and status not in (0, 1, 2, 3):
        sys.exit(f"status {status}: {shown}\n{said[-2000:].decode(errors='replace')}")
    if verb not in OWN_STATUS and status in (2, 3) and not result.stderr.strip():
        sys.exit(f"status {status} without a word: {shown}")
    if "--json" in words and "--help" not in words and status in (0, 1) and verb in ("verify", "prove", "security") and result.stdout.strip():
        try:
            json.loads(result.stdout)
        except ValueError as error:
            sys.exit(f"no JSON ({error}): {shown}\n{result.stdout[:500]}")


# --- hauptbuch.json ------------------------------------------------------------------------------------------------------------------------
KEYS = ["name", "version", "sources", "include", "cflags", "libc", "id", "author", "description", "license", "programs", "limits", "unknown", "", "n\u0000me"]
VALUES = ["x", "", "a.c", "../a.c", "/etc/passwd", "-o", "1.0.0", "99999999999999999999.0.0", "1", "=1.0", "^^1", "x" * 70000, "\u0000", "\ud7ff", None, True, 0, -1, 1e308, 2**63, [],
          {}, ["a.c"], [["a.c"]], [None], {"a": 1}, {"memory": "1G"}, {"memory": -1}, {"memory": 2**64}, {"cycles": "x"}]


def project_text(rng):
    base = {"name": "x", "version": "1.0.0", "sources": ["a.c"]}
    for _ in range(rng.randrange(1, 5)):
        base[rng.choice(KEYS)] = rng.choice(VALUES)
    if rng.random() < 0.3:
        base.pop(rng.choice(list(base)), None)
    text = bytearray(json.dumps(base).encode())
    kind = rng.randrange(8)
    if kind == 0:
        text = bytearray(rng.choice([b"", b"{", b"[" * 20000, b'{"a":' * 20000, b"null", b"\xef\xbb\xbf{}", b'{"name": "\xff\xfe"}', b'{"name": "x", "name": "y"}', b"{}garbage", b"\0" * 100]))
    elif kind == 1:
        del text[rng.randrange(len(text)):]
    elif kind < 4:
        for _ in range(rng.randrange(1, 6)):
            text[rng.randrange(len(text))] = rng.randrange(256)
    return bytes(text)


def projects(directory, rng, until):
    count = 0
    while time.monotonic() < until:
        text = project_text(rng)
        (directory / "project" / "hauptbuch.json").write_bytes(text)
        words = ["build", "project", "-o", "built.elf"]
        result = run(directory, words)
        check(words, result)
        if result.returncode == 0: # /bin/false compiled it?
            sys.exit(f"built from {text[:300]!r}")
        count += 1
    return count


def command_lines(directory, rng, until):
    options, count = options_of(directory), {}
    while time.monotonic() < until:
        verb = rng.choice(VERBS)
        if verb in COSTLY and rng.random() < 0.8:
            continue
        words = words_for(rng, verb, options[verb]) if rng.random() < 0.97 else [rng.choice(NAMES + NUMBERS)]
        if any("\0" in w for w in words):
            continue
        result = run(directory, words)
        check(words, result)
        count[result.returncode] = count.get(result.returncode, 0) + 1
    return count


def main():
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory(prefix="command-line-") as name:
        directory = pathlib.Path(name)
        fixtures(directory)
        begin = time.monotonic()
        n = projects(directory, rng, begin + SECONDS / 4)
        count = command_lines(directory, rng, begin + SECONDS)
    print(f"{n} project files, {sum(count.values())} command lines, by exit status {dict(sorted(count.items()))}")
    for status in (0, 1, 2, 3):
        if not count.get(status):
            sys.exit(f"no command line ended with status {status}: too few of them")


main()
