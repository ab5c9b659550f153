//! What a program of the Hauptbuch zkVM needs beyond the standard library: private input, public values, and a few services of the
//! host. A plain `fn main` with `println!`, `std::env::args`, standard input, `process::exit` and panics works without this crate.
//!
//! ```no_run
//! let n: u32 = hauptbuch::io::read();
//! hauptbuch::io::commit(&(n, n.wrapping_mul(n)));
//! ```
//!
//! The same program also runs natively, with the same public values: input chunks come from the files named by `HB_INPUT` (separated
//! by `:`), public values go to the file named by `HB_PUBLIC_VALUES`.
//!
//! Input is private and **advice**: any prover may choose it. A program must check what it relies on.

extern crate self as hauptbuch; // so that the derives work in here too

mod blake3;
pub mod codec;
mod dependency;
pub mod io;
pub mod ledger;
mod platform;

pub use dependency::dependency_key;
pub use hauptbuch_derive::{Decode, Encode};
pub use platform::{unconstrained, verify_proof};

/// Ends the program with code 3: input is missing or cannot be decoded. It is not code 1, so that a prover who withholds input cannot
/// show that the program panics.
pub fn invalid_input(what: &str) -> ! {
    eprintln!("invalid input: {what}");
    platform::exit(3)
}

/// Counts the cycles of `work` under `name` in the execution report.
pub fn region<T>(name: &str, work: impl FnOnce() -> T) -> T {
    println!("cycle-tracker-start: {name}");
    let result = work();
    println!("cycle-tracker-end: {name}");
    result
}
