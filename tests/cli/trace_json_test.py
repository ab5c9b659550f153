#!/usr/bin/env python3
"""hauptbuch prove --trace-json: a trace that a viewer reads; the spans of a thread nest; every phase of every shard is there once; workers are busy only inside of proofs; the bytes of the
proof are the same; and hauptbuch bench of a run in shards."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

SOURCE, CLI = pathlib.Path(os.environ["HB_SOURCE_DIR"]), os.environ["HB_CLI"]
WORK = pathlib.Path(tempfile.mkdtemp(prefix="hb_trace_"))
PHASES = ["filling tables", "counting lookups", "committing", "bus leaves", "bus trees", "constraints", "opening"]
EPS = 0.0015  # times are rounded to nanoseconds


def run(*command, status=0):
    done = subprocess.run([CLI, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == status, f"{command}: status {done.returncode}, not {status}\n{done.stdout}{done.stderr}"
    return done


def end(span):
    return span["ts"] + span["dur"]


def check_nesting(spans):
    """Two spans of a thread lie inside one another or apart."""
    open_spans = []
    for span in sorted(spans, key=lambda s: (s["ts"], -s["dur"])):
        while open_spans and end(open_spans[-1]) <= span["ts"] + EPS:
            open_spans.pop()
        assert not open_spans or end(span) <= end(open_spans[-1]) + EPS, (span, open_spans[-1])
        open_spans.append(span)


def inside(spans, outer):
    return [s for s in spans if s["ts"] >= outer["ts"] - EPS and end(s) <= end(outer) + EPS and s is not outer]


def trace_of(threads, *options):
    report = json.loads(run("prove", PROGRAM, "--input", INPUT, "-o", WORK / f"{threads}.proof", "--threads", threads, "--trace-json", WORK / "trace.json", "--json", *options).stdout)
    trace = json.loads((WORK / "trace.json").read_text())
    assert trace["otherData"]["dropped_spans"] == 0
    spans = [e for e in trace["traceEvents"] if e["ph"] == "X"]
    names = {e["tid"]: e["args"]["name"] for e in trace["traceEvents"] if e["ph"] == "M" and e["name"] == "thread_name"}
    assert len(names) == threads + 1 and names[0] == "main" and names[threads] == "executing ahead", names
    assert len(report["busy_percent"]) == threads + 1 and all(0 <= b <= 100 for b in report["busy_percent"]), report
    assert all(s["dur"] >= 0 and s["ts"] >= 0 and s["tid"] in names for s in spans)
    by_track = {tid: [s for s in spans if s["tid"] == tid] for tid in names}
    for track in by_track.values():
        check_nesting(track)
    return report, by_track


def shards():
    report, by_track = trace_of(2, "--shard-cycles", "40000")
    main = by_track[0]
    proofs = [s for s in main if s["name"] == "proof"]
    assert report["shards"] >= 3 and [p["args"]["number"] for p in proofs] == list(range(report["shards"] + 1)), proofs
    for proof in proofs:
        found = [s["name"] for s in inside(main, proof) if s["name"] != "loop"]
        assert sorted(found) == sorted(PHASES), (proof, found)
    assert sum(s["name"] == "planning" for s in main) == 1
    executed = [s["args"]["number"] for track in by_track.values() for s in track if s["name"] == "executing"]
    assert sorted(executed) == list(range(1, report["shards"] + 1)), executed
    assert {s["name"] for s in by_track[2]} == {"executing"} and len(by_track[2]) == report["shards"] - 1, "all but the first are executed ahead"
    assert by_track[1] and {s["name"] for s in by_track[1]} == {"loop"}
    assert report["busy_percent"][0] > 10 and report["busy_percent"][1] > 1, report

    one, by_track = trace_of(1, "--shard-cycles", "40000")
    assert one["shards"] == report["shards"] and not by_track[1], "one thread executes and proves in turns"
    assert (WORK / "1.proof").read_bytes() == (WORK / "2.proof").read_bytes(), "the bytes do not depend on threads"


def one_piece():
    report, by_track = trace_of(2)
    proofs = [s for s in by_track[0] if s["name"] == "proof"]
    assert report["shards"] == 0 and len(proofs) == 1 and "args" not in proofs[0]
    assert sorted(s["name"] for s in inside(by_track[0], proofs[0]) if s["name"] != "loop") == sorted(PHASES)


def failures():
    run("prove", PROGRAM, "--input", INPUT, "-o", WORK / "x.proof", "--trace-json", WORK / "no" / "such" / "directory", status=3)
    assert not (WORK / "x.proof").exists(), "said at once"


def bench():
    plain = json.loads(run("bench", PROGRAM, "--input", INPUT, "--json").stdout)
    cut = json.loads(run("bench", PROGRAM, "--input", INPUT, "--json", "--shard-cycles", "40000", "--memory", "1G").stdout)
    assert plain["shards"] == 0 and cut["shards"] >= 3 and plain["cycles"] == cut["cycles"], (plain, cut)
    assert abs(cut["proof_bytes_per_shard"] * cut["shards"] - cut["proof_bytes"]) <= cut["shards"]
    assert abs(cut["verify_ms_per_shard"] * cut["shards"] - cut["verify_ms"]) < 0.01 * cut["shards"] and cut["verify_ms"] > 0
    assert cut["plan_s"] > 0 and cut["execute_s"] > 0 and sorted(cut["phases_wall_s"]) == sorted(cut["phases_cpu_s"]) == sorted(PHASES)
    assert sum(cut["phases_cpu_s"].values()) <= cut["cpu_s"] + 0.001, cut
    text = run("bench", PROGRAM, "--input", INPUT, "--shard-cycles", "40000").stdout
    assert "a shard" in text and "planning" in text and "us a cycle" in text, text
    for value in ("0", "x"):
        run("bench", PROGRAM, "--shard-cycles", value, status=2)


PROGRAM, INPUT = WORK / "fibonacci.hbc", WORK / "n"
try:
    run("asm", SOURCE / "guest/examples/bytecode/fibonacci.hba", "-o", PROGRAM)
    INPUT.write_bytes(struct.pack("<Q", 10000))
    for part in (shards, one_piece, failures, bench):
        part()
        print(part.__name__.replace("_", " "), "ok")
finally:
    shutil.rmtree(WORK, ignore_errors=True)
