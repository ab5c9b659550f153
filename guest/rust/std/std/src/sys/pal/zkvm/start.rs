//! Begin and end of a run, and the symbols that the `hauptbuch` crate links to.

use core::arch::global_asm;
use core::slice;

use super::{abi, foreign, public};

global_asm!(include_str!("start.s"));
global_asm!(include_str!("mem.s"));

/// A panic or an abort.
pub const CODE_PANIC: i32 = 1;
/// Missing or undecodable input: distinct from a panic, so that withheld input cannot pass for one.
pub const CODE_INPUT: i32 = 3;

/// Ends the run with `code & 255`, whichever way it came here; the digest of the public values is committed first.
pub fn end(code: i32) -> ! {
    foreign::halt(code as u8);
    public::commit();
    abi::halt(code as u8)
}

pub fn invalid_input(what: &str) -> ! {
    abi::write(abi::FD_STDERR, b"invalid input: ");
    abi::write(abi::FD_STDERR, what.as_bytes());
    abi::write(abi::FD_STDERR, b"\n");
    end(CODE_INPUT)
}

// Called by `_start`. `main` is what the compiler makes of the program's main function.
#[unsafe(no_mangle)]
extern "C" fn hb_rt_start() -> ! {
    unsafe extern "C" {
        fn main(argc: i32, argv: *const *const u8) -> i32;
    }
    // SAFETY: the C main of a Rust program; arguments are fetched when asked for.
    end(unsafe { main(0, crate::ptr::null()) })
}

// Called by panic_abort when the message has been printed. Buffered output is flushed, as an unwinding main thread would do.
#[unsafe(no_mangle)]
extern "C" fn hb_rt_panic_end() -> ! {
    crate::rt::cleanup();
    end(CODE_PANIC)
}

#[unsafe(no_mangle)]
extern "C" fn hb_rt_exit(code: i32) -> ! {
    crate::rt::cleanup();
    end(code)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn hb_rt_public_write(ptr: *const u8, len: usize) {
    // SAFETY: the caller passes a readable range.
    public::write(unsafe { slice::from_raw_parts(ptr, len) });
}

#[repr(C)]
struct Chunk {
    ptr: *const u8,
    len: usize,
}

// The next input chunk, in place; a null pointer when there is none.
#[unsafe(no_mangle)]
extern "C" fn hb_rt_next_chunk() -> Chunk {
    match abi::next_chunk() {
        Some(chunk) => Chunk { ptr: chunk.as_ptr(), len: chunk.len() },
        None => Chunk { ptr: crate::ptr::null(), len: 0 },
    }
}

// What the getrandom crate calls on platforms that it does not know (0.3 and later; weak, so that a program may bring its own).
#[linkage = "weak"]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(dest: *mut u8, len: usize) -> Result<(), core::num::NonZero<i32>> {
    // SAFETY: the caller passes a writable range.
    crate::sys::random::fill_bytes(unsafe { slice::from_raw_parts_mut(dest, len) });
    Ok(())
}

// The same for getrandom 0.2 (its feature "custom").
#[linkage = "weak"]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_custom(dest: *mut u8, len: usize) -> u32 {
    // SAFETY: the caller passes a writable range.
    crate::sys::random::fill_bytes(unsafe { slice::from_raw_parts_mut(dest, len) });
    0
}
