//! Public values: the bytes written to fd 13. The proof binds their SHA-256, which is committed at the end of every run.

use core::cell::UnsafeCell;

use super::{abi, foreign};
use super::sha256::Sha256;

struct Public(UnsafeCell<Sha256>);

// SAFETY: the machine has one thread, and no function here calls back into user code.
unsafe impl Sync for Public {}

static PUBLIC: Public = Public(UnsafeCell::new(Sha256::new()));

/// SHA-256 of nothing, so that a program without output does not pay for a compression.
const EMPTY: [u32; 8] = [
    0xe3b0c442, 0x98fc1c14, 0x9afbf4c8, 0x996fb924, 0x27ae41e4, 0x649b934c, 0xa495991b, 0x7852b855,
];

pub fn write(bytes: &[u8]) {
    if foreign::write(abi::FD_PUBLIC, bytes) {
        return;
    }
    abi::write(abi::FD_PUBLIC, bytes);
    // SAFETY: see Sync above.
    unsafe { (*PUBLIC.0.get()).update(bytes) };
}

/// Commits the digest of everything written so far. Digest bytes are big-endian words, a committed word is little-endian.
pub fn commit() {
    // SAFETY: see Sync above; called once, when the run ends.
    let hasher = unsafe { &mut *PUBLIC.0.get() };
    let words = if hasher.total() == 0 { EMPTY } else { hasher.finish() };
    for (index, word) in words.into_iter().enumerate() {
        abi::commit_word(index, word.swap_bytes());
    }
}
