//! A program may bring a runtime of its own that owns entry, heap, input region and the digest of the public values; the public crate
//! `sp1-zkvm` (v6) does. Its `_start` takes the place of ours, which is weak; what the standard library then needs of those four it asks of
//! that runtime, by the names below. They are null in every other program.

use crate::ops::Range;
use crate::slice;

/// What the standard library's own heap takes of a foreign one, once. It serves those who ask for `System` by name, std itself among them.
const SPAN: usize = 64 << 20;

#[repr(C)]
struct Chunk {
    ptr: *const u8,
    len: usize,
    capacity: usize,
}

#[allow(improper_ctypes)] // pointers to functions that may be null
unsafe extern "C" {
    #[linkage = "extern_weak"]
    static syscall_halt: Option<unsafe extern "C" fn(code: u8) -> !>;
    #[linkage = "extern_weak"]
    static syscall_write: Option<unsafe extern "C" fn(fd: u32, bytes: *const u8, len: usize)>;
    #[linkage = "extern_weak"]
    static read_vec_raw: Option<unsafe extern "C" fn() -> Chunk>;
    #[linkage = "extern_weak"]
    static sys_alloc_aligned: Option<unsafe extern "C" fn(bytes: usize, align: usize) -> *mut u8>;
}

/// Commits the digest that the other runtime keeps and ends the run; returns when there is none.
pub fn halt(code: u8) {
    // SAFETY: statics of the linker; the function takes any code.
    if let Some(halt) = unsafe { syscall_halt } {
        unsafe { halt(code) }
    }
}

/// Appends to the public values through the other runtime; false when there is none.
pub fn write(fd: usize, bytes: &[u8]) -> bool {
    // SAFETY: as above; it only reads the bytes.
    match unsafe { syscall_write } {
        Some(write) => {
            unsafe { write(fd as u32, bytes.as_ptr(), bytes.len()) };
            true
        }
        None => false,
    }
}

/// The next input chunk from the other runtime's part of the input region: None when there is no such runtime, Some(None) when there is no chunk.
pub fn next_chunk() -> Option<Option<&'static [u8]>> {
    // SAFETY: as above; chunks are never freed.
    let chunk = unsafe { read_vec_raw.map(|read| read())? };
    Some(if chunk.ptr.is_null() { None } else { Some(unsafe { slice::from_raw_parts(chunk.ptr, chunk.len) }) })
}

/// A span of the other runtime's heap for ours, 16-byte aligned. Empty when that heap is exhausted.
pub fn heap_span() -> Option<Range<usize>> {
    // SAFETY: as above; the alignment is a power of two.
    let at = unsafe { sys_alloc_aligned.map(|alloc| alloc(SPAN, 16))? };
    let start = if at.is_null() { 16 } else { at.expose_provenance() };
    Some(start..if at.is_null() { start } else { start + SPAN })
}
