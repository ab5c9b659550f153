"""`hauptbuch security --soundcalc` is a file that the public calculator reads; it has the constants of `version -v`, and the calculator's formulas (written anew here)
give for it what `hauptbuch security` says."""
import json
import math
import os
import re
import subprocess
import sys

try:
    import tomllib
except ImportError:
    print("skipped: Python has no tomllib (3.11 and later)")
    sys.exit(77)

CLI = os.environ["HB_CLI"]
FIELD_BITS = 5 * math.log2(15 * 2**27 + 1)  # BabyBear^5
KEYS = {"name": str, "log_inv_rate": int, "num_iterations": int, "folding_factors": list, "log_degree": int, "batch_size": int, "power_batching": bool,
        "grinding_batching_phase": int, "constraint_degree": int, "num_constraints": int, "air_max_degree": int, "opening_points": int, "num_queries": list,
        "grinding_bits_queries": list, "num_ood_samples": list, "grinding_bits_ood": list, "grinding_bits_folding": list, "explicit_regime": str}


def cli(*words):
    return subprocess.run([CLI, *words], check=True, capture_output=True, text=True).stdout


def near(what, got, wanted, tolerance=0.01):
    assert abs(got - wanted) <= tolerance, f"{what}: {got} instead of {wanted}"


class Code:
    """A circuit of the calculator: one code with its regime."""

    def __init__(self, circuit):
        self.rate, self.gap = 2.0 ** -circuit["log_inv_rate"], circuit.get("gap_to_radius")
        self.circuit = circuit

    def radius(self):
        return (1 - self.rate) / 2 if self.gap is None else 1 - math.sqrt(self.rate) - self.gap

    def multiplicity(self):
        return max(math.ceil(math.sqrt(self.rate) / (2 * self.gap)), 3)

    def gap_error_bits(self, log_dimension, functions):
        """Of a random combination of so many functions, without grinding."""
        n = 2.0 ** log_dimension / self.rate
        if self.gap is None:
            error = self.radius() * n + 1
        else:
            m = self.multiplicity() + 0.5
            error = (2 * m**5 + 3 * m * self.radius() * self.rate) * n / (3 * self.rate**1.5) + m / math.sqrt(self.rate)
        return FIELD_BITS - math.log2(error * (functions - 1))

    def query_bits(self):
        return -self.circuit["num_queries"][0] * math.log2(1 - self.radius())


def constants():
    text = cli("version", "-v")
    numbers = {key: [int(n) for n in values.split(",")] for key, values in re.findall(r"\b(folds|rates_log2|queries|global|bus|gamma|query|fold)=([\d,]+)", text)}
    numbers["stack"] = int(re.search(r"stack_log2=\d+\.\.(\d+)", text)[1])
    numbers["tuple"] = int(re.search(r"tuple_challenges=(\d+)", text)[1])
    return numbers


def form(config):
    assert config["zkevm"] == {"name": "Hauptbuch", "protocol_family": "WHIR", "field": "BabyBear^5", "hash_size_bits": 256}, config["zkevm"]
    for circuit in config["circuits"]:
        for key, kind in KEYS.items():
            assert type(circuit.get(key)) is kind, f"{circuit['name']}: {key} is {circuit.get(key)!r}"
        rounds = circuit["num_iterations"]
        for key, length in (("folding_factors", rounds), ("num_queries", rounds), ("grinding_bits_queries", rounds), ("grinding_bits_folding", rounds),
                            ("num_ood_samples", rounds - 1), ("grinding_bits_ood", rounds - 1)):
            assert len(circuit[key]) == length, f"{circuit['name']}: {key} has not {length} entries"
        assert [len(bits) for bits in circuit["grinding_bits_folding"]] == circuit["folding_factors"]
        assert sum(circuit["folding_factors"]) <= circuit["log_degree"] and circuit["constraint_degree"] >= 3
        assert circuit["explicit_regime"] == ("list" if "gap_to_radius" in circuit else "unique")


def same_constants(config, c):
    circuits = config["circuits"]
    assert [x["log_inv_rate"] for x in circuits] == c["rates_log2"]
    assert [x["num_queries"][0] for x in circuits] == c["queries"]
    assert [x["folding_factors"][0] for x in circuits[1:]] == c["folds"]
    assert [x["grinding_bits_folding"][0][0] for x in circuits[1:]] == c["fold"]
    assert {x["grinding_bits_queries"][0] for x in circuits} == set(c["query"])
    assert [x["log_degree"] for x in circuits] == [c["stack"], c["stack"], c["stack"] - c["folds"][0], c["stack"] - sum(c["folds"][:2])]
    assert [x["air_max_degree"] for x in circuits] == [4, 1, 1, 1] and circuits[0]["num_constraints"] > 1000
    assert [circuits[0]["grinding_batching_phase"]] == c["gamma"] and [x["batch_size"] for x in circuits[1:]] == [1, 1, 1]
    for lookups, key in zip(circuits[0]["lookups"], ("bus", "global"), strict=True):
        assert [lookups["grinding_bits_lookup"]] == c[key] and lookups["num_columns_S"] == c["tuple"]


def same_bits(config, security):
    rounds = {r["name"]: r["error_bits"] for r in security["rounds"]}
    codes = [Code(circuit) for circuit in config["circuits"]]
    trace = codes[0].circuit
    near("gamma", codes[0].gap_error_bits(trace["log_degree"], trace["batch_size"]), rounds["gamma batching of stacked columns"])
    near("queries to the trace", codes[0].query_bits(), rounds["queries to the trace"])
    for i, code in enumerate(codes[1:], 1):
        assert code.multiplicity() == 3, f"oracle {i}: the calculator would take m = {code.multiplicity()}"
        near(f"queries, oracle {i}", code.query_bits(), rounds[f"queries, oracle {i}"])
        # Ours counts the erratum twice over, and the code before the fold.
        near(f"fold, oracle {i}", code.gap_error_bits(code.circuit["log_degree"], 2) - 1, rounds[f"fold and sumcheck, oracle {i}"])
    for buses, name in zip(trace["lookups"], ("bus challenges", "challenges of the bus between shards"), strict=True):
        rows = buses["rows_L"] + buses["rows_T"]
        near(name, FIELD_BITS - math.log2(rows * math.log2(buses["num_columns_S"])), rounds[name], 0.5)


def main():
    config, security = tomllib.loads(cli("security", "--soundcalc")), json.loads(cli("security", "--json"))
    form(config)
    same_constants(config, constants())
    same_bits(config, security)


if __name__ == "__main__":
    main()
