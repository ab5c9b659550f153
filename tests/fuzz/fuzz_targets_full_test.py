"""Every *_fuzz.c is built (clang, libFuzzer, sanitizers: build/fuzz) and fuzzed from its committed corpus. Any finding fails, and stays in build/fuzz/findings.
HB_FUZZ_SECONDS: how long each (default 20); HB_FUZZ_ONLY: names, separated by spaces; HB_FUZZ_CORPUS: a directory where what is found interesting is kept."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
SECONDS = int(float(os.environ.get("HB_FUZZ_SECONDS", "20")))
BUILD = ROOT / "build" / "fuzz"
SKIPPED = 77


def targets():
    names = sorted(p.stem for folder in ("src", "fuzz", "cli") for p in (ROOT / folder).rglob("*_fuzz.c"))
    only = os.environ.get("HB_FUZZ_ONLY", "").split()
    return [n for n in names if not only or n in only]


def build(names):
    for words in (["cmake", "--preset", "fuzz"], ["cmake", "--build", "--preset", "fuzz", "--target", *names]):
        result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if result.returncode:
            sys.exit(f"{' '.join(words)}\n{(result.stdout + result.stderr)[-4000:]}")


def fuzz(name, work):
    kept = pathlib.Path(os.environ.get("HB_FUZZ_CORPUS", work)) / name
    kept.mkdir(parents=True, exist_ok=True)
    corpus, findings = ROOT / "fuzz" / "corpus" / name, BUILD / "findings"
    findings.mkdir(exist_ok=True)
    words = [BUILD / name, f"-max_total_time={SECONDS}", "-rss_limit_mb=3000", "-timeout=60", "-max_len=4096", "-print_final_stats=1", "-verbosity=1",
             f"-artifact_prefix={findings}/{name}-", kept, *([corpus] if corpus.is_dir() else [])]
    result = subprocess.run([str(w) for w in words], cwd=work, capture_output=True, text=True, errors="replace", timeout=SECONDS + 600, check=False)
    if result.returncode:
        print(result.stderr[-6000:])
        return f"{name}: status {result.returncode}"
    units = re.search(r"stat::number_of_executed_units:\s*(\d+)", result.stderr)
    done = int(units.group(1)) if units else 0
    print(f"{name}: {done} inputs", flush=True)
    return None if done > 10 else f"{name}: only {done} inputs in {SECONDS} s"


def main():
    if os.environ.get("HB_BUILD_TYPE") == "Checked":
        print("the fuzz build has sanitizers of its own: done with the release build")
        sys.exit(SKIPPED)
    if not shutil.which("clang"):
        print("no clang: fuzz targets need libFuzzer")
        sys.exit(SKIPPED)
    names = targets()
    build(names)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as work:
        problems = [p for name in names if (p := fuzz(name, work))]
    if problems:
        sys.exit("\n".join(problems))


main()
