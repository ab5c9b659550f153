//! Sorts numbers with a hand-written quicksort and commits to their count, their checksum and the sorted ends. Input: a vector of
//! u32; without input, 4096 numbers from a linear congruential generator.

use hauptbuch::codec::{Decode, Reader};

/// Hoare's partition around the median of three; the larger half is left to the loop, so the recursion is logarithmic.
fn quicksort(mut items: &mut [u32]) {
    while items.len() > 12 {
        let (first, middle, last) = (items[0], items[items.len() / 2], items[items.len() - 1]);
        let pivot = first.min(middle).max(first.max(middle).min(last));
        let (mut i, mut j) = (0, items.len() - 1);
        loop {
            while items[i] < pivot {
                i += 1;
            }
            while items[j] > pivot {
                j -= 1;
            }
            if i >= j {
                break;
            }
            items.swap(i, j);
            i += 1;
            j -= 1;
        }
        let (low, high) = items.split_at_mut(i);
        if low.len() < high.len() {
            quicksort(low);
            items = high;
        } else {
            quicksort(high);
            items = low;
        }
    }
    for i in 1..items.len() {
        let item = items[i];
        let mut j = i;
        while j > 0 && items[j - 1] > item {
            items[j] = items[j - 1];
            j -= 1;
        }
        items[j] = item;
    }
}

fn generate() -> Vec<u32> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 32) as u32
    };
    (0..4096).map(|_| next()).collect()
}

fn main() {
    let mut items = match hauptbuch::io::try_read_slice() {
        Some(chunk) => Vec::decode(&mut Reader::new(chunk)).unwrap_or_else(|| hauptbuch::invalid_input("not a vector of u32")),
        None => generate(),
    };
    quicksort(&mut items);
    assert!(items.is_sorted());
    let checksum = items.iter().enumerate().fold(0u64, |sum, (i, item)| sum.wrapping_add((i as u64 + 1) * *item as u64));
    println!("{} numbers, checksum {checksum:#018x}", items.len());
    hauptbuch::io::commit(&(items.len(), checksum, items.first().copied(), items.last().copied()));
}
