"""python3 example.py PROGRAM NUMBER: proves that the program, given the number, ends well, and prints its first public byte."""
import sys

import hauptbuch

program = hauptbuch.Program.from_file(sys.argv[1])
result = hauptbuch.Machine().execute(program, stdin=int(sys.argv[2]).to_bytes(8, "little"))
values = hauptbuch.verify(result.verifying_key, result.proof, result.exit_code)
print(f"{result.cycles} cycles, {len(result.proof)} bytes of proof, first public byte {values[0]}")
