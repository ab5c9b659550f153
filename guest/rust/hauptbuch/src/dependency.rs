//! Keys of the programs that this one depends on.

/// The verifying key of a program that this one depends on (`programs` in `[package.metadata.hauptbuch]`), as the host has resolved
/// it; `None` when it has none of that name, and natively.
///
/// This is advice like all input: whoever relies on the key commits to it, or compares it with one that it knows.
pub fn dependency_key(id: &str) -> Option<[u8; 32]> {
    if !ask(id.as_bytes()) {
        return None;
    }
    crate::platform::next_chunk()?.try_into().ok()
}

#[cfg(target_os = "zkvm")]
fn ask(id: &[u8]) -> bool {
    // SAFETY: WRITE to fd 25; the host reads the name and pushes 32 bytes, or none, to the front of the input.
    unsafe {
        core::arch::asm!("ecall", inlateout("t0") 2usize => _, in("a0") 25usize, in("a1") id.as_ptr(), in("a2") id.len(), options(nostack));
    }
    true
}

#[cfg(not(target_os = "zkvm"))]
fn ask(_id: &[u8]) -> bool {
    false
}
