//! The allocator under random use: contents survive, blocks do not overlap, alignments hold, zeroed memory is zero, and memory that was
//! given back is used again (the test runs it with a memory limit far below the sum of what it allocates).

use std::alloc::{alloc, alloc_zeroed, dealloc, realloc, Layout};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: u64) -> usize {
        (self.next() % n) as usize
    }
}

struct Block {
    at: *mut u8,
    layout: Layout,
    mark: u8,
}

/// Marks of both ends and of a few places between: cheap, and any overlap of live blocks changes one sooner or later.
fn places(size: usize) -> impl Iterator<Item = usize> {
    (0..8).map(move |i| i * (size - 1) / 7)
}

fn fill(block: &Block) {
    for i in places(block.layout.size()) {
        // SAFETY: inside the block.
        unsafe { block.at.add(i).write_volatile(block.mark ^ i as u8) };
    }
}

fn verify(block: &Block, size: usize, when: &str) {
    for i in places(block.layout.size()).filter(|&i| i < size) {
        // SAFETY: inside the block.
        let found = unsafe { block.at.add(i).read_volatile() };
        assert_eq!(found, block.mark ^ i as u8, "byte {i} of {:?} changed {when}", block.layout);
    }
}

fn choose_size(random: &mut Random) -> usize {
    match random.below(10) {
        0..=5 => 1 + random.below(128),
        6..=7 => 1 + random.below(2048),
        8 => 1 + random.below(40_000),
        _ => 1 + random.below(500_000),
    }
}

fn main() {
    let mut random = Random(0x9e3779b97f4a7c15);
    let mut live: Vec<Block> = Vec::new();
    let mut total = 0u64;
    for step in 0..20_000u32 {
        let action = random.below(100);
        if live.len() < 4 || (action < 45 && live.len() < 200) {
            let align = if random.below(8) == 0 { 1 << random.below(13) } else { 8 };
            let layout = Layout::from_size_align(choose_size(&mut random), align).unwrap();
            let zeroed = random.below(3) == 0;
            // SAFETY: the size is not 0.
            let at = unsafe { if zeroed { alloc_zeroed(layout) } else { alloc(layout) } };
            assert!(!at.is_null() && at as usize % align == 0, "{layout:?} at {at:?}");
            if zeroed {
                // SAFETY: inside the block, which is initialized.
                let bytes = unsafe { std::slice::from_raw_parts(at, layout.size()) };
                let (words, rest) = bytes.as_chunks::<8>();
                assert!(words.iter().all(|word| *word == [0; 8]) && rest.iter().all(|byte| *byte == 0), "{layout:?} is not zero");
            }
            let block = Block { at, layout, mark: step as u8 };
            fill(&block);
            live.push(block);
            total += layout.size() as u64;
        } else if action < 70 {
            let index = random.below(live.len() as u64);
            let block = &mut live[index];
            verify(block, usize::MAX, "before realloc");
            let size = choose_size(&mut random);
            // SAFETY: the block is live; the size is not 0.
            let at = unsafe { realloc(block.at, block.layout, size) };
            assert!(!at.is_null() && at as usize % block.layout.align() == 0);
            let kept = Block { at, layout: block.layout, mark: block.mark };
            verify(&kept, size, "in realloc");
            *block = Block { at, layout: Layout::from_size_align(size, block.layout.align()).unwrap(), mark: step as u8 };
            fill(block);
            total += size as u64;
        } else {
            let block = live.swap_remove(random.below(live.len() as u64));
            verify(&block, usize::MAX, "before free");
            // SAFETY: the block is live.
            unsafe { dealloc(block.at, block.layout) };
        }
        if step % 200 == 0 {
            live.iter().for_each(|block| verify(block, usize::MAX, "while others came and went"));
        }
    }
    for block in live.drain(..) {
        verify(&block, usize::MAX, "at the end");
        // SAFETY: the block is live.
        unsafe { dealloc(block.at, block.layout) };
    }

    // A vector that grows last is extended in place; freed memory serves other sizes.
    for round in 1..=40u64 {
        let list: Vec<u64> = (0..round * 10_000).collect();
        assert_eq!(list.iter().sum::<u64>(), list.len() as u64 * (list.len() as u64 - 1) / 2);
        total += 8 * list.len() as u64;
    }
    println!("{} MB allocated in all", total >> 20);
    hauptbuch::io::commit(&total);
}
