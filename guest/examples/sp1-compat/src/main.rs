//! A program written for SP1 v6, against its public crate, as it is: entry point, typed and raw input, public values, unconstrained
//! hints. `hauptbuch build` compiles it like any other program; one input chunk is one `read`.
//!
//! Input: an order (bincode), then raw bytes. Public values: the number of words, the most frequent ones, and the square root.
#![no_main]
sp1_zkvm::entrypoint!(main);

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Order {
    top: u32,
    square: u64,
    end: String, // what to do at the end: "", "panic", "exit"
}

/// The integer root of a square: computed outside the proof, checked inside.
fn root_of(square: u64) -> u64 {
    sp1_zkvm::lib::unconstrained! {
        let root = (square as f64).sqrt().round() as u64;
        sp1_zkvm::io::hint(&root);
    }
    let root: u64 = sp1_zkvm::io::read();
    assert!(root.checked_mul(root) == Some(square), "{square} is not a square");
    root
}

/// Memory that std asks of the system's allocator by name: it must not overlap the heap of SP1's runtime.
fn both_heaps() -> u64 {
    use std::alloc::{GlobalAlloc, Layout, System};
    let layout = Layout::from_size_align(5000, 16).unwrap();
    // SAFETY: used within its size, freed with its layout.
    unsafe {
        let block = System.alloc_zeroed(layout);
        let ours = vec![0xffu8; 100_000];
        let zeros = (0..5000).all(|i| *block.add(i) == 0);
        block.write_bytes(1, 5000);
        let sum: u64 = ours.iter().map(|&byte| byte as u64).sum();
        System.dealloc(block, layout);
        assert!(zeros, "alloc_zeroed");
        sum
    }
}

pub fn main() {
    let order: Order = sp1_zkvm::io::read();
    let text = String::from_utf8(sp1_zkvm::io::read_vec()).expect("UTF-8");

    let mut counts: HashMap<&str, u32> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    words.truncate(order.top as usize);

    sp1_zkvm::io::commit(&(text.split_whitespace().count() as u32));
    for (word, count) in &words {
        println!("{word}: {count}");
        sp1_zkvm::io::commit_slice(word.as_bytes());
        sp1_zkvm::io::commit_slice(&count.to_le_bytes());
    }
    assert_eq!(both_heaps(), 25_500_000);
    sp1_zkvm::io::commit(&root_of(order.square));

    match order.end.as_str() {
        "panic" => panic!("as the order says"),
        "exit" => std::process::exit(7),
        _ => {}
    }
}
