#!/usr/bin/env python3
"""The transcript of docs/protocol.md 3, written a second time from the text, and the vectors that src/transcript/transcript_test.c replays.

transcript_vectors_test.py           checks that tests/vectors/transcript.txt is what this model says
transcript_vectors_test.py --write   writes it

One operation a line, results behind '='; numbers are decimal. Words of an absorb are given, or counted: `absorb TAG *N SEED` absorbs N words
w_i = (SEED + i) * 2654435761 mod 2^32, `absorb_k TAG *N SEED` N elements whose 5N coefficients are such words mod p.
"""
import sys
from pathlib import Path

P = 15 * 2**27 + 1
M32 = 2**32 - 1
IV = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
ABSORB, SQUEEZE, FLUSH, GRIND = 1 << 10, 1 << 11, 1 << 12, 1 << 13


def rotr(x, n):
    return (x >> n | x << (32 - n)) & M32


def compress(cv, block, counter, length, flags):
    v = cv + IV[:4] + [counter & M32, counter >> 32, length, flags]
    m = list(block)

    def g(a, b, c, d, x, y):
        v[a] = (v[a] + v[b] + x) & M32
        v[d] = rotr(v[d] ^ v[a], 16)
        v[c] = (v[c] + v[d]) & M32
        v[b] = rotr(v[b] ^ v[c], 12)
        v[a] = (v[a] + v[b] + y) & M32
        v[d] = rotr(v[d] ^ v[a], 8)
        v[c] = (v[c] + v[d]) & M32
        v[b] = rotr(v[b] ^ v[c], 7)

    for _ in range(7):
        for i in range(4):
            g(i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1])
        for i in range(4):
            g(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i])
        m = [m[i] for i in PERMUTATION]
    return [v[i] ^ v[i + 8] for i in range(8)] + [v[8 + i] ^ cv[i] for i in range(8)]


class Transcript:
    def __init__(self):
        self.cv, self.block, self.counter = list(IV), [], 0

    def close(self, flags):
        out = compress(self.cv, self.block + [0] * (16 - len(self.block)), self.counter, 4 * len(self.block), flags)
        self.cv, self.block, self.counter = out[:8], [], self.counter + 1
        return out

    def push(self, word):
        self.block.append(word)
        if len(self.block) == 16:
            self.close(ABSORB)

    def absorb(self, tag, words):
        for w in [tag, len(words)] + words:
            self.push(w)

    def squeeze(self, label):
        self.push(label + 2**31)
        out = self.close(SQUEEZE)
        return sum(w << 32 * i for i, w in enumerate(out[8:]))

    def challenge(self, label):
        bits = self.squeeze(label)
        return [(bits >> 51 * i) % 2**51 % P for i in range(5)]

    def indices(self, label, n, b):
        drawn = []
        while len(drawn) < n:
            bits = self.squeeze(label)
            drawn += [(bits >> b * i) % 2**b for i in range(256 // b)]
        return drawn[:n]

    def grind(self, label, g):
        if g == 0:
            return None
        self.close(FLUSH)
        nonce = 0
        while True:
            out = compress(self.cv, [nonce & M32, nonce >> 32, g, label] + [0] * 12, self.counter, 16, GRIND)
            if out[8] < 2 ** (32 - g):
                break
            nonce += 1
        self.cv, self.counter = out[:8], self.counter + 1
        return nonce


def counted(n, seed):
    return [(seed + i) * 2654435761 % 2**32 for i in range(n)]


class Script:
    """Runs operations on the model and notes them as lines."""

    def __init__(self):
        self.t, self.lines = Transcript(), ["# Written by tests/transcript/transcript_vectors_test.py --write", "init"]

    def note(self, *parts, result=()):
        self.lines.append(" ".join(str(x) for x in parts) + (" = " + " ".join(str(x) for x in result) if result else ""))

    def init(self):
        self.t = Transcript()
        self.note("init")

    def absorb(self, tag, words):
        self.t.absorb(tag, words)
        self.note("absorb", tag, *words)

    def absorb_many(self, tag, n, seed):
        self.t.absorb(tag, counted(n, seed))
        self.note("absorb", tag, f"*{n}", seed)

    def absorb_k(self, tag, n, seed):
        self.t.absorb(tag, [w % P for w in counted(5 * n, seed)])
        self.note("absorb_k", tag, f"*{n}", seed)

    def challenge(self, label):
        self.note("challenge", label, result=self.t.challenge(label))

    def indices(self, label, n, b):
        self.note("indices", label, n, b, result=self.t.indices(label, n, b))

    def grind(self, label, g):
        nonce = self.t.grind(label, g)
        self.note("grind", label, g, result=[] if nonce is None else [nonce])

    def state(self):
        self.note("state", result=self.t.cv + [len(self.t.block), self.t.counter])


def script():
    s = Script()
    s.state()
    s.challenge(1)  # nothing absorbed
    s.state()
    s.init()
    s.absorb(1, [])
    s.state()
    s.absorb(2, [0, M32, 1, P - 1, P])
    s.challenge(2)
    s.challenge(2)  # again, nothing in between
    s.state()
    for n in range(11, 16):  # the pending block at every fill around its end: 2 + n words, then a label
        s.init()
        s.absorb_many(5, n, 100 + n)
        s.state()
        s.challenge(7)
        s.state()
    s.init()
    s.absorb_many(6, 2048, 7)
    s.state()
    s.absorb_k(7, 64, 9)
    s.absorb_k(8, 2, 11)
    s.challenge(6)
    for b in (1, 3, 12, 13, 16, 17, 20, 21, 31, 32):
        s.indices(17, 5, b)
    s.indices(17, 261, 21)
    s.indices(17, 12, 21)
    s.indices(17, 13, 21)
    s.indices(17, 256, 1)
    s.state()
    s.absorb(15, [1, 2, 3])
    s.grind(21, 0)
    s.state()
    s.grind(21, 8)
    s.state()
    s.grind(19, 1)  # right after another, nothing pending
    s.grind(17, 11)
    s.absorb(15, list(range(14)))  # a full block was just compressed
    s.grind(15, 6)
    s.challenge(15)
    s.state()
    return "\n".join(s.lines) + "\n"


def self_check():
    """BLAKE3 of the empty input, from the reference test vectors: the compression function is the right one."""
    digest = compress(list(IV), [0] * 16, 0, 0, 1 | 2 | 8)[:8]
    text = b"".join(w.to_bytes(4, "little") for w in digest).hex()
    if text != "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262":
        sys.exit("the model's compression function is not BLAKE3's")


def main():
    self_check()
    path = Path(__file__).resolve().parents[1] / "vectors" / "transcript.txt"
    if sys.argv[1:] == ["--write"]:
        path.write_text(script(), encoding="ascii")
    elif path.read_text(encoding="ascii") != script():
        sys.exit(f"{path.name} is not what the model says")


main()
