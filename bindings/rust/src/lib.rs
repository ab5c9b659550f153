//! Hauptbuch from Rust, over the C API (hauptbuch/zkvm.h).
//!
//! ```no_run
//! let program = hauptbuch_host::Program::from_bytes(&std::fs::read("program.elf").unwrap()).unwrap();
//! let result = hauptbuch_host::Machine::new().unwrap().execute(&program, b"text", &[]).unwrap();
//! let values = hauptbuch_host::verify(&result.verifying_key, &result.proof, result.exit_code).unwrap();
//! ```
use std::ffi::{c_char, c_int, c_void, CStr};

#[repr(C)]
struct RawError {
    status: c_int,
    reason: u32,
    chip: u32,
    row: u32,
    offset: u64,
    message: [c_char; 256],
}

#[repr(C)]
#[derive(Clone, Copy)]
struct RawChunk {
    bytes: *const u8,
    n: usize,
}

#[repr(C)]
struct RawInput {
    size: usize,
    stdin_bytes: RawChunk,
    chunks: *const RawChunk,
    n_chunks: usize,
    args: *const *const c_char,
    n_args: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct RawKey {
    bytes: [u8; 32],
}

extern "C" {
    fn hb_status_text(status: c_int) -> *const c_char;
    fn hb_program_from_bytes(program: *mut *mut c_void, bytes: *const u8, n: usize, err: *mut RawError) -> c_int;
    fn hb_program_free(program: *mut c_void);
    fn hb_zkvm_new(vm: *mut *mut c_void, config: *const c_void, err: *mut RawError) -> c_int;
    fn hb_zkvm_free(vm: *mut c_void);
    fn hb_zkvm_execute_program(vm: *mut c_void, program: *const c_void, input: *const RawInput, result: *mut *mut c_void, err: *mut RawError) -> c_int;
    fn hb_execution_result_free(result: *mut c_void);
    fn hb_execution_result_exit_code(result: *const c_void) -> u32;
    fn hb_execution_result_cycles(result: *const c_void) -> u64;
    fn hb_execution_result_public_values(result: *const c_void) -> RawChunk;
    fn hb_execution_result_stdout(result: *const c_void) -> RawChunk;
    fn hb_execution_result_proof(result: *const c_void) -> RawChunk;
    fn hb_execution_result_verifying_key(result: *const c_void) -> RawKey;
    fn hb_prover_verify(key: *const RawKey, proof: *const u8, n: usize, exit_code: u32, public_values: *mut RawChunk, err: *mut RawError) -> c_int;
}

/// A call that failed: the number of hauptbuch/errors.h, its text and the details; `reason`: why a proof was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub status: i32,
    pub reason: u32,
    pub text: String,
    pub message: String,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}: {}", self.text, self.message)
    }
}

impl std::error::Error for Error {}

fn text(p: *const c_char) -> String {
    // SAFETY: the library's texts end with a NUL.
    unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned()
}

/// Calls with an error record behind.
fn checked(call: impl FnOnce(*mut RawError) -> c_int) -> Result<(), Error> {
    let mut raw = RawError { status: 0, reason: 0, chip: 0, row: 0, offset: 0, message: [0; 256] };
    match call(&mut raw) {
        0 => Ok(()),
        // SAFETY: any number has a text.
        status => Err(Error { status, reason: raw.reason, text: text(unsafe { hb_status_text(status) }), message: text(raw.message.as_ptr()) }),
    }
}

fn owned(chunk: RawChunk) -> Vec<u8> {
    if chunk.n == 0 {
        return Vec::new();
    }
    // SAFETY: a chunk of the library holds n bytes while its owner lives, and is copied before that ends.
    unsafe { std::slice::from_raw_parts(chunk.bytes, chunk.n) }.to_vec()
}

/// A program, from the bytes of an ELF file or a .hbc container.
pub struct Program(*mut c_void);

// SAFETY: a program is never changed through this handle; the library allows sharing then.
unsafe impl Send for Program {}
unsafe impl Sync for Program {}

impl Program {
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut handle = std::ptr::null_mut();
        // SAFETY: pointer and length are one slice's.
        checked(|err| unsafe { hb_program_from_bytes(&mut handle, bytes.as_ptr(), bytes.len(), err) })?;
        Ok(Program(handle))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: ours, and not used again.
        unsafe { hb_program_free(self.0) }
    }
}

/// What executing and proving a program gave.
pub struct Execution {
    pub exit_code: u32,
    pub cycles: u64,
    pub public_values: Vec<u8>,
    pub stdout: Vec<u8>,
    pub proof: Vec<u8>,
    pub verifying_key: [u8; 32],
}

/// The virtual machine, configured by the environment (hauptbuch/config.h).
pub struct Machine(*mut c_void);

// SAFETY: any number of threads may use one machine (hauptbuch/zkvm.h).
unsafe impl Send for Machine {}
unsafe impl Sync for Machine {}

impl Machine {
    pub fn new() -> Result<Self, Error> {
        let mut handle = std::ptr::null_mut();
        // SAFETY: NULL is the default configuration.
        checked(|err| unsafe { hb_zkvm_new(&mut handle, std::ptr::null(), err) })?;
        Ok(Machine(handle))
    }

    /// Executes, proves and verifies. stdin: standard input (a bytecode program's input); chunks: private input.
    pub fn execute(&self, program: &Program, stdin: &[u8], chunks: &[&[u8]]) -> Result<Execution, Error> {
        let raw: Vec<RawChunk> = chunks.iter().map(|c| RawChunk { bytes: c.as_ptr(), n: c.len() }).collect();
        let input = RawInput {
            size: std::mem::size_of::<RawInput>(),
            stdin_bytes: RawChunk { bytes: stdin.as_ptr(), n: stdin.len() },
            chunks: raw.as_ptr(),
            n_chunks: raw.len(),
            args: std::ptr::null(),
            n_args: 0,
        };
        let mut result = std::ptr::null_mut();
        // SAFETY: all that the input points at outlives the call.
        checked(|err| unsafe { hb_zkvm_execute_program(self.0, program.0, &input, &mut result, err) })?;
        // SAFETY: the result is ours until it is freed below; everything is copied before.
        unsafe {
            let execution = Execution {
                exit_code: hb_execution_result_exit_code(result),
                cycles: hb_execution_result_cycles(result),
                public_values: owned(hb_execution_result_public_values(result)),
                stdout: owned(hb_execution_result_stdout(result)),
                proof: owned(hb_execution_result_proof(result)),
                verifying_key: hb_execution_result_verifying_key(result).bytes,
            };
            hb_execution_result_free(result);
            Ok(execution)
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: ours, and not used again.
        unsafe { hb_zkvm_free(self.0) }
    }
}

/// The public values of a valid proof of this program that ended with this exit code.
pub fn verify(verifying_key: &[u8; 32], proof: &[u8], exit_code: u32) -> Result<Vec<u8>, Error> {
    let mut values = RawChunk { bytes: std::ptr::null(), n: 0 };
    let key = RawKey { bytes: *verifying_key };
    // SAFETY: pointer and length are one slice's; the values lie in it.
    checked(|err| unsafe { hb_prover_verify(&key, proof.as_ptr(), proof.len(), exit_code, &mut values, err) })?;
    Ok(owned(values))
}
