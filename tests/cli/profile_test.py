#!/usr/bin/env python3
"""hauptbuch profile: the list adds up, the flame graph is XML with a frame for each function that matters, the Firefox file is JSON whose tables fit together, a failed run is shown up to where
it failed."""
import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import xml.dom.minidom

SOURCE, CLI = pathlib.Path(os.environ["HB_SOURCE_DIR"]), os.environ["HB_CLI"]


def run(*command, status=0):
    done = subprocess.run([CLI, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


with tempfile.TemporaryDirectory() as place:
    work = pathlib.Path(place)
    program, number = work / "p.hbc", work / "n"
    run("asm", SOURCE / "guest/examples/bytecode/fibonacci.hba", "-o", program)
    number.write_bytes(struct.pack("<Q", 500))
    out = run("profile", program, "--input", number)
    shares = [float(s) for s in re.findall(r"^ *([0-9.]+)%", out, re.M)]
    cycles = int(re.search(r"^(\d+) instructions, about [0-9.]+ core-us", out, re.M).group(1))
    assert 99 < sum(shares) < 101 and cycles > 1000, out
    listed = sum(int(n) for n in re.findall(r"% +(\d+)  ", out))
    assert listed == cycles, out
    run("profile", program, "--input", number, "--svg", work / "p.svg", "--firefox", work / "p.json")
    svg = xml.dom.minidom.parse(str(work / "p.svg"))
    assert len(svg.getElementsByTagName("rect")) >= 2 and "all" in svg.toxml()
    thread = json.loads((work / "p.json").read_text())["threads"][0]
    stacks, frames = thread["stackTable"]["data"], thread["frameTable"]["data"]
    assert len(stacks) == len(frames) == len(thread["stringTable"]) and stacks[0][0] is None
    assert all(prefix < i for i, (prefix, _) in enumerate(stacks) if prefix is not None)
    samples = [s[0] for s in thread["samples"]["data"]]
    assert len(samples) >= 19000 and max(samples) < len(stacks)
    cut = run("profile", program, "--input", number, "--cycle-limit", "300", status=1)
    assert "300 instructions" in cut, cut
    run("profile", status=2)
