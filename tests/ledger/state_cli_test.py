#!/usr/bin/env python3
"""hauptbuch state: every subcommand that needs no zk proof, exit statuses, words for damage. (Proven steps: tests/guests/guest_ledger_full_test.py.)"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CLI = os.environ.get("HB_CLI", str(pathlib.Path(__file__).resolve().parents[2] / "build" / "hauptbuch"))
KEY = "00" * 31 + "07"


def state(*arguments, status=0, says=None):
    done = subprocess.run([CLI, "state", *map(str, arguments)], capture_output=True, timeout=60)
    text = done.stderr.decode()
    assert done.returncode == status, (arguments, done.returncode, text)
    assert says is None or says in text, (arguments, text)
    return done.stdout


def root(ledger, *more):
    return json.loads(state("root", ledger, "--json", *more))


def versions(work):
    ledger, batch = work / "l", work / "batch"
    batch.write_text("# balances\nstorage/token:a 10\nstorage/token:b hex:0b00\n\nnotes:it is here: yes\n")
    state("init", ledger, "--batch", batch, "--program", f"tool@1.2.3=vkey:{KEY}", "--timestamp", 5, "--metadata", "by=test")
    told = root(ledger)
    assert (told["version"], told["kind"], told["timestamp"], told["metadata"]) == (0, "genesis", 5, {"by": "test"}), told
    assert told["programs"] == [{"id": "tool", "version": "1.2.3", "uses_state": False, "vkey": KEY}], told
    state("init", ledger, status=2, says="already")
    assert state("get", ledger, "storage/token:b") == b"\x0b\0"
    assert state("get", ledger, "notes:it") == b"is here: yes"
    state("put", ledger, "storage/token:a", "11", "storage/token:hex:63", "hex:", "--delete", "storage/token:b", "--timestamp", 6)
    assert state("get", ledger, "storage/token:a") == b"11" and state("get", ledger, "storage/token:a", "--at", 0) == b"10"
    assert state("get", ledger, "storage/token:c") == b""
    state("get", ledger, "storage/token:b", status=1, says="no value")
    state("put", ledger, "x:y", "z", "--timestamp", 4, status=1, says="timestamp is older")
    assert root(ledger)["version"] == 1
    history = state("history", ledger).decode().splitlines()
    assert [line.split()[:3] for line in history] == [["version", "0", "genesis"], ["version", "1", "admin"]], history
    return ledger


def proofs(work, ledger):
    proof, hex_root = work / "proof", root(ledger)["root"]
    state("prove", ledger, "storage/token:b", "storage/token:a", "notes:it", "-o", proof)
    claims = ["storage/token:a=11", "notes:it=is here: yes", "storage/token:b"]
    assert b"3 keys" in state("verify", "--root", hex_root, "--proof", proof, *claims)
    state("verify", "--root", hex_root, "--proof", proof, "storage/token:a=12", *claims[1:], status=1, says="another value")
    state("verify", "--root", hex_root, "--proof", proof, *claims[:2], status=1, says="rejected")
    state("verify", "--root", root(ledger, "--at", 0)["root"], "--proof", proof, *claims, status=1, says="does not hash to the state root")
    data = proof.read_bytes()
    proof.write_bytes(data + b"\0")
    state("verify", "--root", hex_root, "--proof", proof, *claims, status=1, says="left over")
    state("prove", ledger, "--witness", "token", "a", "hex:62", "-o", work / "witness")
    assert (work / "witness").read_bytes().startswith(b"hbwitnes\2\0\0\0")


def chains(work, ledger):
    chain, genesis = work / "chain", root(ledger, "--at", 0)["digest"]
    state("history", ledger, "--chain", chain)
    state("verify", "--chain", chain, "--genesis", genesis, status=1, says="administrative")
    assert b"versions 0 to 1" in state("verify", "--chain", chain, "--genesis", genesis, "--allow-admin")
    state("verify", "--chain", chain, "--genesis", "11" * 32, "--allow-admin", status=1, says="expected commitment")


def files(work, ledger):
    export, other = work / "export", work / "other"
    state("export", ledger, "-o", export, "--at", 0)
    state("init", other, "--timestamp", 1)
    state("import", other, export, "--timestamp", 2)
    assert root(other)["root"] == root(ledger, "--at", 0)["root"]
    state("rollback", ledger, "--at", 0, "--timestamp", 7)
    assert root(ledger)["root"] == root(ledger, "--at", 0)["root"] and root(ledger)["metadata"] == {"rollback_to": "0"}
    assert b"sound: 3 versions" in state("check", ledger, "--proofs")
    state("prune", ledger, "--from", 2)
    state("get", ledger, "storage/token:a", "--at", 1, status=2, says="pruned")
    assert state("get", ledger, "storage/token:a") == b"10"
    state("check", ledger)
    data = bytearray(export.read_bytes())
    data[len(data) // 2] ^= 1
    export.write_bytes(data)
    state("import", other, export, status=2, says="not an exported state")


def wrong_use(work, ledger):
    for arguments in ([], ["walk", ledger], ["get", ledger], ["get", ledger, "nokey"], ["put", ledger, "a:b"], ["root", ledger, "--at", "x"], ["apply", ledger], ["prune", ledger],
                      ["verify"], ["put", ledger, "--at", 1], ["prove", ledger, "a:b"], ["init", work / "q", "--program", "x"], ["root", work / "none"]):
        state(*arguments, status=2)
    proof = work / "witness"
    state("apply", ledger, "--program", "nobody", "--proof", proof, status=1, says="no program is registered")
    state("apply", ledger, "--program", "tool@9", "--proof", proof, status=1, says="another version")
    state("apply", ledger, "--program", "tool", "--proof", proof, status=1, says="rejected")


def damage(ledger):
    """Every page of the data file overwritten in turn: words or a sound ledger, and never an end by a signal."""
    data = (ledger / "data.mdb").read_bytes()
    noticed = 0
    for at in range(0, len(data), 4096):
        (ledger / "data.mdb").write_bytes(data[:at] + b"\x5a" * 4096 + data[at + 4096:])
        done = subprocess.run([CLI, "state", "check", str(ledger)], capture_output=True, timeout=60)
        assert done.returncode in (0, 1, 2, 3), (at, done.returncode, done.stderr)
        assert done.returncode == 0 or done.stderr.startswith(b"hauptbuch state: "), done.stderr
        noticed += done.returncode != 0
    (ledger / "data.mdb").write_bytes(data)
    assert noticed >= 5, noticed
    state("check", ledger)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        ledger = versions(work)
        proofs(work, ledger)
        chains(work, ledger)
        files(work, ledger)
        wrong_use(work, ledger)
        damage(ledger)
    print("hauptbuch state: ok")


if __name__ == "__main__":
    sys.exit(main())
