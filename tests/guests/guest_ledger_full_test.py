"""The token ledger: batches of transfers proven and applied one after another, audited from roots and proofs alone; thefts and mistakes refused."""
import json
import random
import struct
import sys
import tempfile

import guest_support as g

HERE = g.ROOT / "guest" / "examples" / "rust" / "token-ledger"
sys.path.insert(0, str(HERE))
import demo  # noqa: E402

demo.CLI = g.CLI
ACCOUNTS = 40


class World:
    """A bank with two batches applied, shared by the tests (each leaves it as it was, or says so)."""

    def __init__(self, directory):
        self.rng = random.Random(7)
        self.balances = [self.rng.randrange(1, 100) for _ in range(ACCOUNTS)]
        self.supply = sum(self.balances)
        self.bank = demo.Bank(directory, g.build(HERE))
        self.genesis = self.bank.open(self.balances)
        self.clock = 1

    def step(self, count=4):
        transfers = demo.random_transfers(self.rng, self.balances, count)
        code, told = self.bank.prove(transfers)
        g.equal("exit code of an honest batch", (code, told["exit_code"]), (0, 0))
        self.clock += 1
        self.bank.apply(self.clock)


def refused(wanted, call, *arguments):
    try:
        call(*arguments)
    except demo.Failed as no:
        assert no.status == 1 and wanted in no.text, (wanted, no.status, no.text)
        return
    raise AssertionError(f"accepted, instead of: {wanted}")


def batches_are_applied():
    for version in (1, 2):
        world.step()
        g.equal("version", world.bank.root()["version"], version)
    g.equal("balances", [world.bank.balance(n) for n in range(ACCOUNTS)], world.balances)
    g.equal("supply", sum(world.balances), world.supply)


def chain(name):
    path = world.bank.file(name)
    demo.hauptbuch("state", "history", world.bank.ledger, "--chain", path)
    return path


def audit(path):
    return demo.hauptbuch("state", "verify", "--chain", path, "--genesis", world.genesis).decode()


def an_auditor_accepts_the_chain():
    assert "versions 0 to 2, 2 proofs" in audit(chain("chain"))


def an_auditor_rejects_a_stolen_coin():
    path = chain("stolen")
    good = path.read_bytes()
    last = bytes.fromhex(world.bank.root()["root"])
    data = bytearray(good)
    data[data.index(last)] ^= 1  # the last commitment has the root of other balances
    path.write_bytes(data)
    refused("do not lead to the state root", audit, path)
    data = bytearray(good)
    at = 0
    while (at := data.find(last, at)) >= 0:  # in commitment, receipt and public values alike
        data[at] ^= 1
        at += 32
    path.write_bytes(data)
    refused("receipt is not the one", audit, path)
    refused("expected commitment", demo.hauptbuch, "state", "verify", "--chain", chain("again"), "--genesis", "00" * 32)


def a_coin_more_in_the_writes_is_refused():
    transfers = [(world.balances.index(max(world.balances)), 0, 1)]
    world.bank.prove(transfers)
    writes = bytearray(world.bank.file("writes").read_bytes())
    mine = b"account/0\1" + struct.pack("<I", 8)
    at = writes.index(mine) + len(mine)
    writes[at] += 1
    world.bank.file("forged").write_bytes(writes)
    before = world.bank.root()
    refused("not the one that the proof commits to", world.bank.apply, world.clock + 1, "forged")
    refused("older than that of the version before", world.bank.apply, 0)
    g.equal("the ledger", world.bank.root(), before)


def transfers_that_are_not_covered_have_no_valid_proof():
    poor = world.balances.index(min(world.balances))
    code, told = world.bank.prove([(poor, 0, world.balances[poor] + 1)])
    g.equal("exit code", (code, told["exit_code"]), (1, 1))
    refused("exit code", world.bank.apply, world.clock + 1)
    code, _ = world.bank.prove([(0, 1, 0)])
    g.equal("exit code", code, 1)


def old_proofs_are_refused():
    spare = world.balances.index(max(world.balances))
    world.bank.prove([(spare, 0, 1)])
    world.clock += 1
    world.bank.apply(world.clock)
    world.balances[spare] -= 1
    world.balances[0] += 1
    refused("applied before", world.bank.apply, world.clock + 1)
    world.bank.prove([(spare, 0, 1)])
    stale = [(world.bank.file(name), world.bank.file(name).read_bytes()) for name in ("proof", "writes")]
    world.step()
    for path, data in stale:
        path.write_bytes(data)
    refused("starts from another state root", world.bank.apply, world.clock + 1)


def undeclared_cells_and_bad_input_end_with_code_3():
    chunks = [path.read_bytes() for path in world.bank.input([(0, 1, 1)])]
    run = lambda *inputs: g.run_guest(world.bank.program, inputs=inputs).code
    g.equal("good", run(*chunks), 0)
    g.equal("a cell that is not there", run(chunks[0], struct.pack("<QIIQ", 1, 0, 5, 1)), 3)
    rng = random.Random(3)
    for _ in range(25):
        bad = bytearray(chunks[0])
        bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        code = run(bytes(bad), chunks[1])
        # A changed sibling hash is another root, which the ledger's own refuses; all else is seen by the program.
        if code != 3:
            public = g.run_guest(world.bank.program, inputs=[bytes(bad), chunks[1]]).public
            assert code == 0 and public[:32].hex() != world.bank.root()["root"], code
    g.equal("cut", run(chunks[0][:-1], chunks[1]), 3)
    g.equal("longer", run(chunks[0] + b"\0", chunks[1]), 3)


def native_run_agrees():
    chunks = [path.read_bytes() for path in world.bank.input([(0, 1, 1), (1, 2, 1)])]
    native = g.run_native(g.build_native(HERE.parent) / "token-ledger", inputs=chunks)
    g.same("token-ledger", native, g.run_guest(world.bank.program, inputs=chunks))


def c_programs_agree():
    program = g.build(g.ROOT / "tests" / "guests" / "programs" / "c-ledger")
    ledger, file = world.bank.directory / "counter", world.bank.file
    demo.hauptbuch("state", "init", ledger, "--state-program", f"counter@1.0.0={program}", "--timestamp", 1)
    for step in range(1, 5):
        demo.hauptbuch("state", "prove", ledger, "--witness", "counter", "n", "old", "-o", file("cells"))
        demo.hauptbuch("run", program, "--input", file("cells"), "--ledger-writes", file("counts"))
        demo.hauptbuch("prove", program, "--input", file("cells"), "-o", file("count"))
        demo.hauptbuch("state", "apply", ledger, "--program", "counter", "--proof", file("count"), "--writes", file("counts"), "--timestamp", 1 + step)
        g.equal("n", struct.unpack("<Q", demo.hauptbuch("state", "get", ledger, "storage/counter:n"))[0], step)
        try:
            old = struct.unpack("<Q", demo.hauptbuch("state", "get", ledger, "storage/counter:old"))[0]
        except demo.Failed:
            old = None
        g.equal("old", old, None if step in (1, 3) else step - 1)
    demo.hauptbuch("state", "check", ledger, "--proofs")
    good = file("cells").read_bytes()
    rng = random.Random(5)
    for _ in range(25):
        bad = bytearray(good)
        bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        result = g.run_guest(program, inputs=[bytes(bad)])
        assert result.code == 3 or (result.code == 0 and result.public[:32] != g.run_guest(program, inputs=[good]).public[:32]), result.code
    g.equal("cut", g.run_guest(program, inputs=[good[:-1]]).code, 3)
    g.equal("none", g.run_guest(program).code, 3)


def proofs_come_out_of_the_cache():
    chunks = [part for path in world.bank.input([(0, 1, 1)]) for part in ("--input", path)]
    ledger, before, told = world.bank.ledger, world.bank.root(), []
    for name in ("first", "second"):
        told.append(json.loads(demo.hauptbuch("prove", world.bank.program, *chunks, "-o", world.bank.file(name), "--cached", ledger, "--json")))
    g.equal("hits", [entry.get("cached", False) for entry in told], [False, True])
    g.equal("bytes", world.bank.file("first").read_bytes() == world.bank.file("second").read_bytes(), True)
    g.equal("the ledger", world.bank.root(), before)
    demo.hauptbuch("state", "check", ledger, "--proofs")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        world = World(scratch)
        g.main([batches_are_applied, an_auditor_accepts_the_chain, an_auditor_rejects_a_stolen_coin, a_coin_more_in_the_writes_is_refused,
                transfers_that_are_not_covered_have_no_valid_proof, old_proofs_are_refused, undeclared_cells_and_bad_input_end_with_code_3, native_run_agrees, proofs_come_out_of_the_cache, c_programs_agree])
