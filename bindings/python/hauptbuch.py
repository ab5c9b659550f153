"""Hauptbuch from Python, through ctypes: execute and prove programs, verify proofs. Needs libhauptbuch.so (HAUPTBUCH_LIBRARY, else the loader's own search).

    import hauptbuch
    program = hauptbuch.Program.from_file("program.elf")
    result = hauptbuch.Machine().execute(program, stdin=b"text")
    hauptbuch.verify(result.verifying_key, result.proof, result.exit_code)      # -> the public values, or hauptbuch.Error
"""
import ctypes as c
import os

_lib = c.CDLL(os.environ.get("HAUPTBUCH_LIBRARY", "libhauptbuch.so"))


class _Error(c.Structure):
    _fields_ = [("status", c.c_int), ("reason", c.c_uint32), ("chip", c.c_uint32), ("row", c.c_uint32), ("offset", c.c_uint64), ("message", c.c_char * 256)]


class _Chunk(c.Structure):
    _fields_ = [("bytes", c.c_void_p), ("n", c.c_size_t)]

    def taken(self):
        return c.string_at(self.bytes, self.n) if self.n else b""


class _Input(c.Structure):
    _fields_ = [("size", c.c_size_t), ("stdin_bytes", _Chunk), ("chunks", c.POINTER(_Chunk)), ("n_chunks", c.c_size_t), ("args", c.POINTER(c.c_char_p)), ("n_args", c.c_size_t)]


class _Key(c.Structure):
    _fields_ = [("bytes", c.c_uint8 * 32)]


class Error(Exception):
    """A call that failed: status is the number of hauptbuch/errors.h, text its name, reason why a proof was rejected."""

    def __init__(self, status, error):
        self.status, self.text, self.reason = status, _lib.hb_status_text(status).decode(), error.reason
        super().__init__(f"{self.text}: {error.message.decode(errors='replace')}")


def _declare(name, result, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, arguments


_P, _E = c.c_void_p, c.POINTER(_Error)
_declare("hb_status_text", c.c_char_p, c.c_int)
_declare("hb_program_from_bytes", c.c_int, c.POINTER(_P), c.c_char_p, c.c_size_t, _E)
_declare("hb_program_free", None, _P)
_declare("hb_program_get_id", c.c_char_p, _P)
_declare("hb_zkvm_new", c.c_int, c.POINTER(_P), _P, _E)
_declare("hb_zkvm_free", None, _P)
_declare("hb_zkvm_execute_program", c.c_int, _P, _P, c.POINTER(_Input), c.POINTER(_P), _E)
_declare("hb_zkvm_secure_execute_program", c.c_int, _P, _P, c.POINTER(_Input), c.POINTER(_P), _E)
_declare("hb_execution_result_free", None, _P)
_declare("hb_execution_result_exit_code", c.c_uint32, _P)
_declare("hb_execution_result_cycles", c.c_uint64, _P)
_declare("hb_execution_result_gas", c.c_uint64, _P)
_declare("hb_execution_result_verifying_key", _Key, _P)
for _name in ("public_values", "stdout", "stderr", "proof"):
    _declare(f"hb_execution_result_{_name}", _Chunk, _P)
_declare("hb_prover_verify", c.c_int, c.POINTER(_Key), c.c_char_p, c.c_size_t, c.c_uint32, c.POINTER(_Chunk), _E)


def _call(function, *arguments):
    error = _Error()
    status = function(*arguments, c.byref(error))
    if status:
        raise Error(status, error)


class Program:
    def __init__(self, data):
        self._handle = _P()
        _call(_lib.hb_program_from_bytes, c.byref(self._handle), data, len(data))

    @classmethod
    def from_file(cls, path):
        with open(path, "rb") as file:
            return cls(file.read())

    @property
    def id(self):
        return _lib.hb_program_get_id(self._handle).decode()

    def __del__(self):
        _lib.hb_program_free(self._handle)


class Result:
    """exit_code, cycles, gas, public_values, stdout, stderr, proof, verifying_key (32 bytes)."""

    def __init__(self, handle):
        self.exit_code, self.cycles, self.gas = (getattr(_lib, f"hb_execution_result_{n}")(handle) for n in ("exit_code", "cycles", "gas"))
        self.public_values, self.stdout, self.stderr, self.proof = (getattr(_lib, f"hb_execution_result_{n}")(handle).taken() for n in ("public_values", "stdout", "stderr", "proof"))
        self.verifying_key = bytes(_lib.hb_execution_result_verifying_key(handle).bytes)


class Machine:
    """Configured by the environment (hauptbuch/config.h)."""

    def __init__(self):
        self._handle = _P()
        _call(_lib.hb_zkvm_new, c.byref(self._handle), None)

    def __del__(self):
        _lib.hb_zkvm_free(self._handle)

    def execute(self, program, stdin=b"", chunks=(), args=(), secure=False):
        """Executes, proves and verifies; secure: in a child process that can do nothing else."""
        keep = [c.create_string_buffer(bytes(b), len(b) or 1) for b in (stdin, *chunks)]  # alive during the call
        as_chunk = [_Chunk(c.cast(b, c.c_void_p), len(data)) for b, data in zip(keep, (stdin, *chunks))]
        listed = (_Chunk * max(len(chunks), 1))(*as_chunk[1:])
        texts = (c.c_char_p * max(len(args), 1))(*(a.encode() for a in args))
        given = _Input(c.sizeof(_Input), as_chunk[0], listed, len(chunks), texts, len(args))
        handle = _P()
        _call(_lib.hb_zkvm_secure_execute_program if secure else _lib.hb_zkvm_execute_program, self._handle, program._handle, c.byref(given), c.byref(handle))
        try:
            return Result(handle)
        finally:
            _lib.hb_execution_result_free(handle)


def verify(verifying_key, proof, exit_code=0):
    """The public values of a valid proof; Error for any other."""
    values, key = _Chunk(), _Key((c.c_uint8 * 32)(*verifying_key))
    _call(_lib.hb_prover_verify, c.byref(key), proof, len(proof), exit_code, c.byref(values))
    start = values.bytes  # into `proof`, which lives as long as the caller holds it
    return c.string_at(start, values.n) if values.n else b""
