#!/usr/bin/env python3
"""The freestanding builds of the verifier need nothing: no symbol but memcpy and its kin (host), none at all (rv64im, wasm32)."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
NOISE = {"_GLOBAL_OFFSET_TABLE_"}  # from -fPIC on some architectures


def symbols(path):
    """(defined, undefined) global names of an ELF object or archive of any architecture."""
    text = subprocess.run(["readelf", "--syms", "--wide", path], check=True, capture_output=True, text=True).stdout
    defined, undefined = set(), set()
    for line in text.splitlines():
        words = line.split()
        if len(words) == 8 and words[4] in ("GLOBAL", "WEAK"):
            (undefined if words[6] == "UND" else defined).add(words[7])
    return defined, undefined - defined - NOISE


def leb128(data, at):
    """(unsigned number, position behind it)"""
    value, shift = 0, 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if byte < 128:
            return value, at


def wasm_imports(data):
    """Names of the functions that a WebAssembly module imports."""
    if data[:8] != b"\0asm\1\0\0\0":
        raise ValueError("not a WebAssembly module")
    at, names = 8, set()
    while at < len(data):
        section, (size, begin) = data[at], leb128(data, at + 1)
        at = begin + size
        if section != 2:
            continue
        count, pos = leb128(data, begin)
        for _ in range(count):
            for _ in range(2):  # module, then field
                length, pos = leb128(data, pos)
                name, pos = data[pos:pos + length].decode(), pos + length
            if data[pos] != 0:
                raise ValueError(f"import {name} is not a function")
            _, pos = leb128(data, pos + 1)
            names.add(name)
    return names


def self_test():
    with tempfile.TemporaryDirectory() as root:
        source, target = Path(root) / "bad.c", Path(root) / "bad.o"
        source.write_text("#include <stdlib.h>\nvoid *f(void);\nvoid *f(void) { return malloc(4); }\n")
        subprocess.run([os.environ.get("CC", "cc"), "-c", source, "-o", target], check=True)
        if symbols(target) != ({"f"}, {"malloc"}):
            yield f"self test: malloc not seen in {symbols(target)}"
    module = b"\0asm\1\0\0\0" + bytes([1, 4, 1, 0x60, 0, 0]) + b"\2\x0d\2\1a\1b\0\0\1a\1c\0\0"
    if wasm_imports(module) != {"b", "c"} or wasm_imports(module[:14]):
        yield f"self test: the imports b and c are seen as {wasm_imports(module)}"


def check(build):
    defined, undefined = symbols(build / "libhauptbuch-verify.a")
    if "hb_reject" not in defined:
        yield "libhauptbuch-verify.a does not define hb_reject"
    if undefined - MEMORY:
        yield f"libhauptbuch-verify.a needs {sorted(undefined - MEMORY)}"
    missing = [tool for tool in ("clang", "ld.lld", "wasm-ld") if not shutil.which(tool)]
    if missing:
        print(f"wasm32 and rv64im were not checked: no {', '.join(missing)}")
        return
    _, undefined = symbols(build / "hauptbuch_verify_rv64im.o")
    if undefined:
        yield f"hauptbuch_verify_rv64im.o needs {sorted(undefined)}"
    imports = wasm_imports((build / "hauptbuch_verify.wasm").read_bytes())
    if imports:
        yield f"hauptbuch_verify.wasm needs {sorted(imports)}"


def main():
    problems = [*self_test(), *check(Path(os.environ["HB_BUILD_DIR"]))]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
