#!/usr/bin/env python3
"""A bank whose books nobody has to believe: opens accounts, proves batches of transfers and applies them one after another, then audits the whole chain from the
roots and proofs alone.

    python3 guest/examples/rust/token-ledger/demo.py [--accounts 10000] [--batches 3] [--transfers 16]

Needs `make` to have built build/hauptbuch (or HB_CLI naming another one)."""
import argparse
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CLI = os.environ.get("HB_CLI", str(HERE.parents[3] / "build" / "hauptbuch"))


class Failed(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status, self.text = status, text


def hauptbuch(*arguments):
    done = subprocess.run([CLI, *map(str, arguments)], capture_output=True, timeout=900)
    if done.returncode:
        raise Failed(done.returncode, done.stderr.decode())
    return done.stdout


def account(number):
    return f"account/{number}"


class Bank:
    """The ledger in `directory`/ledger and what is needed to make its next version."""

    def __init__(self, directory, program):
        self.directory, self.program = pathlib.Path(directory), program
        self.ledger = self.directory / "ledger"

    def file(self, name):
        return self.directory / name

    def open(self, balances):
        lines = [f"storage/token:{account(n)} hex:{struct.pack('<Q', balance).hex()}\n" for n, balance in enumerate(balances)]
        self.file("genesis").write_text("".join(lines))
        hauptbuch("state", "init", self.ledger, "--batch", self.file("genesis"), "--state-program", f"token@1.0.0={self.program}", "--timestamp", 1)
        return self.root()["digest"]

    def root(self):
        return json.loads(hauptbuch("state", "root", self.ledger, "--json"))

    def input(self, transfers):
        """Files of the guest's two input chunks."""
        names = sorted({account(n) for transfer in transfers for n in transfer[:2]}) + ["batches"]
        hauptbuch("state", "prove", self.ledger, "--witness", "token", *names, "-o", self.file("witness"))
        encoded = struct.pack("<Q", len(transfers)) + b"".join(struct.pack("<IIQ", *transfer) for transfer in transfers)
        self.file("transfers").write_bytes(encoded)
        return [self.file("witness"), self.file("transfers")]

    def prove(self, transfers):
        """Proof and list of writes, as files."""
        chunks = [part for path in self.input(transfers) for part in ("--input", path)]
        run = subprocess.run([CLI, "run", self.program, *map(str, chunks), "--ledger-writes", self.file("writes")], capture_output=True, timeout=900)
        told = json.loads(hauptbuch("prove", self.program, *chunks, "-o", self.file("proof"), "--json"))
        return run.returncode, told

    def apply(self, timestamp, writes="writes"):
        hauptbuch("state", "apply", self.ledger, "--program", "token", "--proof", self.file("proof"), "--writes", self.file(writes), "--timestamp", timestamp)

    def balance(self, number):
        return struct.unpack("<Q", hauptbuch("state", "get", self.ledger, f"storage/token:{account(number)}"))[0]


def random_transfers(rng, balances, count):
    """Transfers that the balances cover; they are carried out on them."""
    transfers = []
    while len(transfers) < count:
        sender, receiver = rng.randrange(len(balances)), rng.randrange(len(balances))
        if balances[sender]:
            amount = rng.randint(1, balances[sender])
            balances[sender] -= amount
            balances[receiver] += amount
            transfers.append((sender, receiver, amount))
    return transfers


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--accounts", type=int, default=10000)
    parser.add_argument("--batches", type=int, default=3)
    parser.add_argument("--transfers", type=int, default=16)
    asked = parser.parse_args()
    rng = random.Random(1)
    balances = [rng.randrange(1000) for _ in range(asked.accounts)]
    with tempfile.TemporaryDirectory() as directory:
        program = pathlib.Path(directory) / "token-ledger.elf"
        hauptbuch("build", HERE, "-o", program)
        bank = Bank(directory, program)
        genesis = bank.open(balances)
        print(f"{asked.accounts} accounts, {sum(balances)} coins; genesis {genesis}")
        for batch in range(asked.batches):
            transfers = random_transfers(rng, balances, asked.transfers)
            begin = time.time()
            code, told = bank.prove(transfers)
            assert code == 0, "the batch was refused by the program"
            bank.apply(2 + batch)
            print(f"batch {batch + 1}: {len(transfers)} transfers proven and applied in {time.time() - begin:.1f} s, {told['proof_bytes']} bytes of proof, "
                  f"root {bank.root()['root']}")
        chain = bank.file("chain")
        hauptbuch("state", "history", bank.ledger, "--chain", chain)
        print("the auditor says:", hauptbuch("state", "verify", "--chain", chain, "--genesis", genesis).decode().strip())
        data = bytearray(chain.read_bytes())
        stolen = data.index(bytes.fromhex(bank.root()["root"]))  # the last commitment, with a root of other balances
        data[stolen] ^= 1
        chain.write_bytes(data)
        try:
            hauptbuch("state", "verify", "--chain", chain, "--genesis", genesis)
            sys.exit("a chain with a stolen coin was accepted")
        except Failed as no:
            print("and of the chain with a stolen coin:", no.text.strip().splitlines()[0])


if __name__ == "__main__":
    main()
