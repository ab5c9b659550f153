"""bench/standard.py on its small programs: the table, the goals, and one JSON object a program with the figures that are promised."""
import json
import os
import pathlib
import sys

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
sys.path.insert(0, str(ROOT / "tests" / "guests"))
import guest_support as g  # noqa: E402

FIGURES = {"program", "cycles", "core_us_per_cycle", "wall_s", "cpu_s", "peak_rss_bytes", "proof_bytes", "verify_ms"}


def bench(*options):
    done = g.run([sys.executable, ROOT / "bench" / "standard.py", "--hauptbuch", g.CLI, "--work", g.WORK / "bench", *options])
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def json_objects():
    status, text, errors = bench("--only", "empty,panic,SHA", "--json")
    g.equal(errors, status, 0)
    results = [json.loads(line) for line in text.splitlines()]
    g.equal("programs", [r["program"] for r in results], ["empty main", "panic (code 1)", "SHA-256, 2 KiB"])
    for r in results:
        assert FIGURES <= set(r), FIGURES - set(r)
        assert 0 < r["cycles"] < 10**6 and r["verify_ms"] > 0 and r["peak_rss_bytes"] > 10**6
        assert abs(r["core_us_per_cycle"] * r["cycles"] / 1e6 - r["cpu_s"]) < 1e-3, r
        assert sum(r["phases_wall_s"].values()) <= r["wall_s"] * 1.01, r
    assert results[2]["cycles"] > 100_000


def table():
    status, text, errors = bench("--only", "10000", "--repeat", "2")
    g.equal(errors, status, 0)
    for part in ("core-us/cycle", "peak MiB", "10000 cycles", "up to 10,000 cycles", "by phase", "opening", "goals", "ms to verify"):
        assert part in text, (part, text)


def failures():
    g.equal("nothing chosen", bench("--only", "no such program")[0], 1)
    status, _, errors = bench("--only", "empty", "--hauptbuch", "/bin/false")
    g.equal("no program", status, 1)


if __name__ == "__main__":
    if not pathlib.Path("/usr/bin/rustc").exists():
        g.skip("no Rust compiler (Debian: rustc-web cargo-web rust-web-src)")
    g.WORK.mkdir(parents=True, exist_ok=True)
    g.main([json_objects, table, failures])
