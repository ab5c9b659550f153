//! Platform layer of the Hauptbuch zkVM. Laid over the file of the same name in a copy of the installed rust-src.
//!
//! Division of labour: `abi` speaks ecalls, `public` keeps the digest of the public values, `start` begins and ends a run, `foreign` gives way
//! to a runtime that the program brings.
//! One thread, no clock, no files, no environment: those calls fail as the standard library's unsupported platforms do.
#![forbid(unsafe_op_in_unsafe_fn)]

pub mod abi;
pub mod foreign;
pub mod public;
mod sha256;
pub mod start;

use crate::io as std_io;

// SAFETY: called once, before `main`.
pub unsafe fn init(_argc: isize, _argv: *const *const u8, _sigpipe: u8) {}

// SAFETY: called once, after `main` or at `process::exit`.
pub unsafe fn cleanup() {}

pub fn unsupported<T>() -> std_io::Result<T> {
    Err(unsupported_err())
}

pub fn unsupported_err() -> std_io::Error {
    std_io::Error::UNSUPPORTED_PLATFORM
}

/// `process::abort`, and every fatal error of the runtime: code 1.
pub fn abort_internal() -> ! {
    abi::write(abi::FD_STDERR, b"aborted\n");
    start::end(start::CODE_PANIC)
}
