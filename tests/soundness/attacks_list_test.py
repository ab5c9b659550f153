"""docs/attacks.md: all 34 classes have tests, and the tests that it names are there and are run."""
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(os.environ["HB_SOURCE_DIR"])
CLASSES = [f"{letter}{i}" for letter, n in (("A", 8), ("B", 6), ("C", 7), ("D", 7), ("E", 3), ("F", 3)) for i in range(1, n + 1)]
NAME = re.compile(r"`([a-z0-9_]+_test)(?::([a-z0-9_]+))?`")


def sources():
    found = {}
    for folder in ("src", "tests", "cli", "ref"):
        for path in (ROOT / folder).rglob("*_test.*"):
            if path.suffix in (".c", ".py", ".sh"):
                found[path.stem] = path.read_text()
    return found


def problem(name, function, texts):
    if name not in texts:
        return f"there is no test {name}"
    if function is None or re.search(rf"cmocka_unit_test[a-z_]*\({function}\b", texts[name]):
        return None
    if re.search(rf"^def {function}\(", texts[name], re.M) and len(re.findall(rf"\b{function}\b", texts[name])) > 1:
        return None
    return f"{name} does not run {function}"


def main():
    text, texts, seen, problems = (ROOT / "docs/attacks.md").read_text(), sources(), {}, []
    for line in text.splitlines():
        row = re.match(r"\| ([A-F]\d) ", line)
        names = NAME.findall(line)
        if row:
            seen[row.group(1)] = len(names)
        problems += [p for name, function in names if (p := problem(name, function or None, texts))]
    problems += [f"class {c} has no test" for c in CLASSES if not seen.get(c)]
    problems += [f"there is no class {c}" for c in seen if c not in CLASSES]
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(seen)} classes, {sum(seen.values())} tests")


main()
