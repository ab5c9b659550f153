//! Ecalls: number in t0, arguments in a0, a1, a2, result in t0.

use core::arch::asm;
use core::slice;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::{foreign, start};

pub const FD_STDOUT: usize = 1;
pub const FD_STDERR: usize = 2;
pub const FD_PUBLIC: usize = 13;
/// Writing 0 bytes here makes the host push the arguments, NUL-separated, to the front of the hint queue.
pub const FD_ARGS: usize = 22;
/// Writing a little-endian u64 `n` here makes the host push up to `n` bytes of standard input; an empty chunk is the end.
pub const FD_STDIN: usize = 23;

const HALT: usize = 0x00;
const WRITE: usize = 0x02;
const COMMIT: usize = 0x10;
const HINT_LEN: usize = 0xF0;
const HINT_READ: usize = 0xF1;

/// The input region: the last 2^34 bytes of the map. Each of its words may be filled once.
pub const INPUT_START: usize = (1 << 37) - (1 << 34);
const INPUT_END: usize = 1 << 37;

static INPUT_NEXT: AtomicUsize = AtomicUsize::new(INPUT_START);

pub fn halt(code: u8) -> ! {
    // SAFETY: ends the run.
    unsafe { asm!("ecall", in("t0") HALT, in("a0") code as usize, options(noreturn)) }
}

pub fn write(fd: usize, bytes: &[u8]) {
    // SAFETY: the host only reads the bytes.
    unsafe {
        asm!("ecall", inlateout("t0") WRITE => _, in("a0") fd, in("a1") bytes.as_ptr(), in("a2") bytes.len(),
             options(nostack));
    }
}

pub fn commit_word(index: usize, word: u32) {
    // SAFETY: touches no memory of the guest.
    unsafe {
        asm!("ecall", inlateout("t0") COMMIT => _, in("a0") index, in("a1") word as usize, options(nostack));
    }
}

fn hint_len() -> usize {
    let len: usize;
    // SAFETY: touches no memory of the guest.
    unsafe { asm!("ecall", inlateout("t0") HINT_LEN => len, options(nostack)) };
    len
}

/// The next chunk of the hint queue, where the host put it; None when the queue is empty. Its length and contents are advice:
/// any prover may choose them.
pub fn next_chunk() -> Option<&'static [u8]> {
    if let Some(chunk) = foreign::next_chunk() {
        return chunk;
    }
    let len = hint_len();
    if len == usize::MAX {
        return None;
    }
    // HINT_READ fills len / 8 words and always one more.
    let at = INPUT_NEXT.load(Relaxed);
    if len >= INPUT_END - at - 8 {
        start::invalid_input("an input chunk does not fit into the input region");
    }
    INPUT_NEXT.store(at + (len & !7) + 8, Relaxed);
    // SAFETY: [at, at + len) lies in the input region and was never handed out before.
    unsafe {
        asm!("ecall", inlateout("t0") HINT_READ => _, in("a0") at, in("a1") len, options(nostack));
        Some(slice::from_raw_parts(crate::ptr::with_exposed_provenance(at), len))
    }
}

/// Up to `max` bytes of standard input; empty at the end.
pub fn read_stdin(max: usize) -> &'static [u8] {
    write(FD_STDIN, &(max as u64).to_le_bytes());
    let chunk = next_chunk().unwrap_or(&[]);
    if chunk.len() > max {
        start::invalid_input("more standard input than was asked for");
    }
    chunk
}

/// The arguments, NUL-separated.
pub fn read_args() -> &'static [u8] {
    write(FD_ARGS, &[]);
    next_chunk().unwrap_or(&[])
}
