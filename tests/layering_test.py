#!/usr/bin/env python3
"""The house's order (docs/adr/0001-order-of-rooms.md): who may include whom, unique file names, what the verifier may touch.

layering_test.py            checks the source tree (and first itself, on small trees with one fault each)
"""
import os
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOMS = ("base field hash poly merkle transcript air sumcheck gkr zerocheck pcs rv chips machine bytecode program aggregate "
         "ledger chain cluster api").split()
OUTSIDE = ["cli", "ref", "tests", "fuzz", "bench", "include"]  # beside src/: may include any room, names still unique
FREESTANDING = {"stdint.h", "stddef.h", "stdbool.h", "string.h"}
SHARED_NAMES = {"isa.h": {"src/base/isa.h", "src/rv/isa.h"}}  # the kernels' instruction sets; the guest's. Both too well known to rename
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


class Tree:
    def __init__(self, root):
        self.root = Path(root)
        self.files = {}  # path relative to root -> [(quoted?, name)]
        for top in ["src"] + OUTSIDE:
            for path in sorted((self.root / top).rglob("*.[ch]")):
                text = path.read_text(encoding="utf-8")
                found = [(m.group(1) == '"', m.group(2)) for m in INCLUDE.finditer(text)]
                self.files[path.relative_to(self.root).as_posix()] = found

    def resolve(self, path, name):
        """The file that a quoted include in path means, or None. Includes are written relative to src/, include/ or the root; files
        outside the rooms may also include their neighbours by bare name."""
        for base in ("src/", "include/", ""):
            if base + name in self.files:
                return base + name
        if path.startswith(("src/", "include/")):
            return None
        neighbour = path.rsplit("/", 1)[0] + "/" + name
        if neighbour in self.files:
            return neighbour
        return name if (self.root / name).is_file() else None

    def closure(self):
        """Sources of the verifier closure."""
        listed = self.root / "cmake/verifier_sources.txt"
        lines = listed.read_text().splitlines() if listed.exists() else []
        names = ["src/" + line.strip() for line in lines if line.strip() and not line.startswith("#")]
        names += [f for f in self.files if f.startswith("src/") and f.endswith("_verify.c")]
        return sorted(set(names))


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def check_rooms(tree):
    for path, includes in tree.files.items():
        room = room_of(path)
        if path.startswith("src/") and room not in ROOMS:
            yield f"{path}: not in a room of the list"
            continue
        for quoted, name in includes:
            if not quoted:
                continue
            target = tree.resolve(path, name)
            if target is None:
                yield f'{path}: includes "{name}", which is not a file relative to src/'
                continue
            other = room_of(target)
            if path.startswith("include/") and not target.startswith("include/"):
                yield f"{path}: a public header includes {target}"
            if room and other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
                yield f"{path}: room {room} includes {target}, a room below it"
            if room and other is None and not target.startswith("include/") and not path.endswith("_test.c"):
                yield f"{path}: a room includes {target}, outside src/ and include/"


def check_names(tree):
    seen = defaultdict(list)
    for path in tree.files:
        seen[path.rsplit("/", 1)[1]].append(path)
    for name, paths in sorted(seen.items()):
        if len(paths) > 1 and set(paths) != SHARED_NAMES.get(name):
            yield f"file name {name} is not unique: {', '.join(paths)}"


def check_verifier(tree):
    """Follows the includes of every closure file: no hosted header and no prover header is reached."""
    for source in tree.closure():
        if source not in tree.files:
            # A closure file of a room that is not there is a stale list.
            yield f"cmake/verifier_sources.txt: {source} does not exist"
            continue
        came_from = {source: None}
        todo = [source]
        while todo:
            path = todo.pop()
            for quoted, name in tree.files[path]:
                chain = [path]
                while came_from[chain[-1]]:
                    chain.append(came_from[chain[-1]])
                way = " <- ".join(chain)
                if not quoted and name not in FREESTANDING:
                    yield f"<{name}> in the verifier closure: {way}"
                if quoted and "_prove" in name:
                    yield f'"{name}" in the verifier closure: {way}'
                target = tree.resolve(path, name) if quoted else None
                if target and target not in came_from:
                    came_from[target] = path
                    todo.append(target)


def check(root):
    tree = Tree(root)
    return [*check_rooms(tree), *check_names(tree), *check_verifier(tree)]


GOOD = {
    "src/base/a.h": "#pragma once\n#include <stdint.h>\n",
    "src/base/a.c": '#include "base/a.h"\n#include <stdio.h>\n',
    "src/field/f.h": '#include "base/a.h"\n',
    "src/gkr/g_verify.c": '#include "field/f.h"\n#include <string.h>\n',
    "src/gkr/g_prove.h": '#include "field/f.h"\n',
    "src/gkr/g_prove.c": '#include "gkr/g_prove.h"\n#include <pthread.h>\n',
    "src/machine/m.c": '#include "gkr/g_prove.h"\n#include "hauptbuch/pub.h"\n',
    "include/hauptbuch/pub.h": "#include <stdint.h>\n",
    "cli/main.c": '#include "gkr/g_prove.h"\n#include "cmd.h"\n',
    "cli/cmd.h": "\n",
    "tests/t_test.c": '#include "verifiers/x/x.c"\n',
    "verifiers/x/x.c": "\n",
    "cmake/verifier_sources.txt": "# list\nbase/b.c\n",
    "src/base/b.c": '#include "base/a.h"\n',
}
# One fault each: (files on top of GOOD, what the complaint must contain).
FAULTS = [
    ({"src/field/up.c": '#include "gkr/g_prove.h"\n'}, "room field includes src/gkr/g_prove.h"),
    ({"src/field/up.h": '# include "gkr/g_prove.h"\n'}, "room field includes src/gkr/g_prove.h"),
    ({"src/cellar/x.c": "\n"}, "not in a room"),
    ({"src/loose.c": "\n"}, "not in a room"),
    ({"src/base/c.c": '#include "a.h"\n'}, "not a file relative to src/"),
    ({"cli/c.c": '#include "gone.h"\n'}, "not a file relative to src/"),
    ({"src/base/c.c": '#include "cli/h.h"\n', "cli/h.h": "\n"}, "outside src/"),
    ({"src/field/a.c": "\n"}, "a.c is not unique"),
    ({"tests/g_prove.c": "\n"}, "g_prove.c is not unique"),
    ({"include/hauptbuch/pub.h": '#include "base/a.h"\n'}, "public header"),
    ({"src/gkr/h_verify.c": '#include "gkr/g_prove.h"\n'}, "g_prove.h\" in the verifier closure"),
    ({"src/gkr/h_verify.c": "#include <stdlib.h>\n"}, "<stdlib.h> in the verifier closure"),
    ({"src/base/b.c": "#include <pthread.h>\n"}, "<pthread.h> in the verifier closure"),
    ({"src/base/a.h": "#include <stdio.h>\n"}, "<stdio.h> in the verifier closure: src/base/a.h <- src/base/b.c"),
    ({"cmake/verifier_sources.txt": "base/gone.c\n"}, "src/base/gone.c does not exist"),
]


def check_tree(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = Path(root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return check(root)


def self_test():
    problems = check_tree(GOOD)
    if problems:
        yield f"self test: a good tree is refused: {problems}"
    for files, expect in FAULTS:
        problems = check_tree({**GOOD, **files})
        if not any(expect in p for p in problems):
            yield f"self test: {files} should give '{expect}', gives {problems}"


def main():
    root = os.environ.get("HB_SOURCE_DIR") or Path(__file__).resolve().parent.parent
    problems = [*self_test(), *check(root)]
    for problem in problems:
        print(problem)
    print(f"layering: {len(Tree(root).files)} files, {len(FAULTS)} faults tried, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
