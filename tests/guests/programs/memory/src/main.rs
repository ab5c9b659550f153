//! memcpy, memmove and memset against loops over bytes: every pair of alignments, lengths around every unrolling, overlaps.

use std::hint::black_box;

extern "C" {
    fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8;
    fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8;
    fn memset(to: *mut u8, byte: i32, count: usize) -> *mut u8;
}

const SIZE: usize = 512;

#[repr(align(64))]
struct Buffer([u8; SIZE]);

/// Seeds are below 8.
fn pattern(seed: usize) -> Buffer {
    static PATTERNS: std::sync::LazyLock<Vec<Buffer>> = std::sync::LazyLock::new(|| (0..8).map(make_pattern).collect());
    let mut copy = Buffer([0; SIZE]);
    for (to, from) in copy.0.chunks_exact_mut(8).zip(PATTERNS[seed].0.chunks_exact(8)) {
        to.copy_from_slice(from);
    }
    copy
}

fn make_pattern(seed: usize) -> Buffer {
    let mut buffer = Buffer([0; SIZE]);
    for (i, byte) in buffer.0.iter_mut().enumerate() {
        *byte = (i * 31 + seed * 17 + i / 7) as u8;
    }
    buffer
}

/// Volatile, so that the compiler does not make a call of the functions under test out of it.
fn plain_copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        // SAFETY: valid references.
        unsafe { std::ptr::write_volatile(to, *from) };
    }
}

fn check(what: &str, got: &Buffer, wanted: &Buffer, detail: (usize, usize, usize)) {
    if got.0 == wanted.0 {
        return;
    }
    for i in 0..SIZE {
        assert!(got.0[i] == wanted.0[i], "{what} {detail:?}: byte {i} is {}, not {}", got.0[i], wanted.0[i]);
    }
}

fn main() {
    let lengths: Vec<usize> = (0..40).chain([47, 63, 64, 65, 71, 72, 73, 95, 96, 100, 127, 128, 129, 200, 255]).collect();
    let mut cases = 0u64;
    for &length in &lengths {
        for to in 0..9 {
            for from in 0..9 {
                let source = pattern(1);
                let (mut got, mut wanted) = (pattern(2), pattern(2));
                // SAFETY: both ranges lie inside their buffers.
                let result = unsafe { memcpy(got.0.as_mut_ptr().add(64 + to), black_box(source.0.as_ptr().add(32 + from)), length) };
                assert_eq!(result, got.0[64 + to..].as_mut_ptr());
                plain_copy(&mut wanted.0[64 + to..64 + to + length], &source.0[32 + from..32 + from + length]);
                check("memcpy", &got, &wanted, (length, to, from));
                cases += 1;
            }
            let (mut got, mut wanted) = (pattern(3), pattern(3));
            for byte in [0, 0x1a5] {
                // SAFETY: the range lies inside the buffer; memset takes the low byte.
                unsafe { memset(got.0.as_mut_ptr().add(64 + to), byte, black_box(length)) };
                plain_copy(&mut wanted.0[64 + to..64 + to + length], &[byte as u8; SIZE][..length]);
                check("memset", &got, &wanted, (length, to, byte as usize));
                cases += 1;
            }
        }
        for distance in [1usize, 2, 3, 7, 8, 9, 15, 16, 24, 31, 32, 40, 64, 100] {
            for start in 0..8 {
                for up in [false, true] {
                    let (from, to) = if up { (64 + start, 64 + start + distance) } else { (64 + start + distance, 64 + start) };
                    let (mut got, mut wanted) = (pattern(4), pattern(4));
                    let old = pattern(4);
                    let base = got.0.as_mut_ptr();
                    // SAFETY: both ranges lie inside the buffer.
                    unsafe { memmove(base.add(to), base.add(from), black_box(length)) };
                    plain_copy(&mut wanted.0[to..to + length], &old.0[from..from + length]);
                    check("memmove", &got, &wanted, (length, from, to));
                    cases += 1;
                }
            }
        }
    }
    println!("{cases} cases");
    hauptbuch::io::commit(&cases);
}
