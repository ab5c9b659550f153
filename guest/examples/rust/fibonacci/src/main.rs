//! The n-th Fibonacci number modulo 2^32, by n additions. n is a u32 in the first input chunk; without input it is 2^20.

use hauptbuch::codec::{Decode, Reader};

fn main() {
    let n = match hauptbuch::io::try_read_slice() {
        Some(chunk) => u32::decode(&mut Reader::new(chunk)).unwrap_or_else(|| hauptbuch::invalid_input("n is not a u32")),
        None => 1 << 20,
    };
    let (mut a, mut b) = (0u32, 1u32);
    for _ in 0..n {
        (a, b) = (b, a.wrapping_add(b));
    }
    println!("fibonacci({n}) mod 2^32 = {a}");
    hauptbuch::io::commit(&(n, a));
}
