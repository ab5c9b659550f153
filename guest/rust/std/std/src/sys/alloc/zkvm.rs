//! The heap: everything from the end of the image to the input region. Counted in instructions, since each is a row of the proof.
//!
//! Up to 512 bytes: one free list per multiple of 16, no headers (the layout tells the class), about ten instructions either way.
//! Small blocks are cut from chunks that belong to the large allocator.
//!
//! Above that (or for a greater alignment): blocks with a 16-byte header, coalesced with free neighbours at once (boundary tags),
//! free ones in bins of eight per doubling with a bitmap. The last block before `top` gives its memory back to `top`, and grows in
//! place: a vector that is filled last is never copied. Neighbouring free blocks do not exist, nor a free block that ends at `top`.
//!
//!     header:  [ size of the previous block, if that one is free | size, FREE, PREV_FREE ]   then the payload, 16-byte aligned
//!     a free block's payload begins with the links of its bin: [ next | previous ] (0 = none)
//!
//! A program whose runtime is not ours (`foreign`) has a heap of its own, of which this one then takes a span.
//! Memory that was never handed out is zero (the machine proves it), so `alloc_zeroed` clears only what lies below `high`.

use crate::alloc::{GlobalAlloc, Layout, System};
use crate::cell::UnsafeCell;
use crate::ptr;
use crate::sys::pal::foreign;

const HEAP_END: usize = (1 << 37) - (1 << 34);
const SMALL_MAX: usize = 512;
const CHUNK: usize = 8192;
const HEADER: usize = 16;
/// Smallest block that is worth splitting off; also the smallest large block.
const MIN_BLOCK: usize = SMALL_MAX + 2 * HEADER;
const FREE: usize = 1;
const PREV_FREE: usize = 2;
const FLAGS: usize = 15;
const FIRST_LOG2: usize = 9;
const BINS: usize = (37 - FIRST_LOG2 + 1) * 8;
/// How many blocks of the bin that may or may not fit are looked at.
const PATIENCE: usize = 8;

struct Heap {
    small: [usize; SMALL_MAX / 16 + 1],
    small_at: usize,
    small_end: usize,
    /// Bytes of the current chunk from here on were never used.
    small_clean: usize,
    chunk: usize,
    top: usize,
    high: usize,
    end: usize,
    map: [u64; BINS.div_ceil(64)],
    bins: [usize; BINS],
}

struct Cell(UnsafeCell<Heap>);

// SAFETY: the machine has one thread, and no function here calls back into user code.
unsafe impl Sync for Cell {}

static HEAP: Cell = Cell(UnsafeCell::new(Heap {
    small: [0; SMALL_MAX / 16 + 1],
    small_at: 0,
    small_end: 0,
    small_clean: 0,
    chunk: 0,
    top: 0,
    high: 0,
    end: 0,
    map: [0; BINS.div_ceil(64)],
    bins: [0; BINS],
}));

unsafe extern "C" {
    static _end: u8;
}

#[inline(always)]
unsafe fn get(at: usize) -> usize {
    // SAFETY: the caller names a word of the heap.
    unsafe { ptr::with_exposed_provenance::<usize>(at).read() }
}

#[inline(always)]
unsafe fn put(at: usize, value: usize) {
    // SAFETY: the caller names a word of the heap that it owns.
    unsafe { ptr::with_exposed_provenance_mut::<usize>(at).write(value) }
}

fn bin_of(size: usize) -> usize {
    let log2 = size.ilog2() as usize;
    (log2 - FIRST_LOG2) * 8 + ((size >> (log2 - 3)) & 7)
}

/// Block size for a payload; None if it cannot fit into the heap anyway.
fn block_size(payload: usize) -> Option<usize> {
    if payload > HEAP_END { None } else { Some(MIN_BLOCK.max((payload + HEADER + 15) & !15)) }
}

// SAFETY of all methods: `self` is consistent (module documentation); arguments named `block` are headers of blocks of this heap.
impl Heap {
    unsafe fn size(block: usize) -> usize {
        unsafe { get(block + 8) & !FLAGS }
    }

    unsafe fn insert(&mut self, block: usize, size: usize) {
        let bin = bin_of(size);
        let next = self.bins[bin];
        unsafe {
            put(block + HEADER, next);
            put(block + HEADER + 8, 0);
            if next != 0 {
                put(next + HEADER + 8, block);
            }
        }
        self.bins[bin] = block;
        self.map[bin / 64] |= 1 << (bin % 64);
    }

    unsafe fn remove(&mut self, block: usize, size: usize) {
        let (next, previous) = unsafe { (get(block + HEADER), get(block + HEADER + 8)) };
        if next != 0 {
            unsafe { put(next + HEADER + 8, previous) };
        }
        if previous != 0 {
            unsafe { put(previous + HEADER, next) };
        } else {
            let bin = bin_of(size);
            self.bins[bin] = next;
            if next == 0 {
                self.map[bin / 64] &= !(1 << (bin % 64));
            }
        }
    }

    /// A free block of at least `need` bytes, or 0.
    unsafe fn find(&self, need: usize) -> usize {
        let bin = bin_of(need);
        let mut block = self.bins[bin];
        for _ in 0..PATIENCE {
            if block == 0 {
                break;
            }
            unsafe {
                if Self::size(block) >= need {
                    return block;
                }
                block = get(block + HEADER);
            }
        }
        // Every block of a later bin is large enough.
        let from = bin + 1;
        let mut word = from / 64;
        if word >= self.map.len() {
            return 0;
        }
        let mut bits = self.map[word] & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            if word == self.map.len() {
                return 0;
            }
            bits = self.map[word];
        }
        self.bins[word * 64 + bits.trailing_zeros() as usize]
    }

    /// Makes the used block `[block, block + size)` end after `need` bytes if the rest is worth it, and frees the rest.
    unsafe fn trim(&mut self, block: usize, size: usize, need: usize) {
        if size - need < MIN_BLOCK {
            return;
        }
        unsafe {
            put(block + 8, need | (get(block + 8) & PREV_FREE));
            put(block + need + 8, size - need);
            self.free(block + need);
        }
    }

    /// A used block of at least `need` bytes (0: no memory), and the address from which on its bytes were never used.
    unsafe fn take(&mut self, need: usize) -> (usize, usize) {
        let block = unsafe { self.find(need) };
        if block == 0 {
            return unsafe { self.grow(need) };
        }
        unsafe {
            let size = Self::size(block);
            self.remove(block, size);
            put(block + 8, size);
            let next = block + size;
            put(next + 8, get(next + 8) & !PREV_FREE);
            self.trim(block, size, need);
        }
        (block, usize::MAX)
    }

    #[cold]
    fn begin(&mut self) {
        if let Some(span) = foreign::heap_span() {
            // Another runtime owns the heap: what it hands out may have been used before.
            (self.top, self.high, self.end) = (span.start, span.end, span.end);
        } else {
            self.top = (ptr::addr_of!(_end).expose_provenance() + 15) & !15;
            (self.high, self.end) = (self.top, HEAP_END);
        }
    }

    unsafe fn grow(&mut self, need: usize) -> (usize, usize) {
        if self.top == 0 {
            self.begin();
        }
        let (block, clean) = (self.top, self.high);
        if need > self.end - block {
            return (0, 0);
        }
        unsafe { put(block + 8, need) };
        self.top += need;
        self.high = clean.max(self.top);
        (block, clean)
    }

    unsafe fn free(&mut self, mut block: usize) {
        unsafe {
            let tag = get(block + 8);
            let mut size = tag & !FLAGS;
            let next = block + size;
            if tag & PREV_FREE != 0 {
                let previous = get(block);
                block -= previous;
                size += previous;
                self.remove(block, previous);
            }
            if next == self.top {
                self.top = block;
                return;
            }
            let next_tag = get(next + 8);
            if next_tag & FREE != 0 {
                let next_size = next_tag & !FLAGS;
                self.remove(next, next_size);
                size += next_size;
            }
            put(block + 8, size | FREE);
            put(block + size, size);
            put(block + size + 8, get(block + size + 8) | PREV_FREE);
            self.insert(block, size);
        }
    }

    #[cold]
    unsafe fn alloc_large(&mut self, layout: Layout) -> (usize, usize) {
        let Some(need) = block_size(layout.size()) else { return (0, 0) };
        if layout.align() <= 16 {
            let (block, clean) = unsafe { self.take(need) };
            return (if block == 0 { 0 } else { block + HEADER }, clean);
        }
        // Room to move the payload up to its alignment, leaving in front nothing or a block of its own.
        let Some(total) = need.checked_add(layout.align()).and_then(|size| size.checked_add(MIN_BLOCK)) else {
            return (0, 0);
        };
        if total > HEAP_END {
            return (0, 0);
        }
        let (mut block, clean) = unsafe { self.take(total) };
        if block == 0 {
            return (0, 0);
        }
        unsafe {
            let mut size = Self::size(block);
            if (block + HEADER) % layout.align() != 0 {
                let payload = (block + MIN_BLOCK + HEADER).next_multiple_of(layout.align());
                let front = payload - HEADER - block;
                put(block + 8, front | (get(block + 8) & PREV_FREE));
                put(payload - 8, size - front);
                self.free(block);
                block += front;
                size -= front;
            }
            self.trim(block, size, need);
        }
        (block + HEADER, clean)
    }

    /// Resizes a large block in place if it can.
    unsafe fn resize(&mut self, block: usize, need: usize) -> bool {
        unsafe {
            let tag = get(block + 8);
            let mut size = tag & !FLAGS;
            let next = block + size;
            if need > size {
                if next == self.top {
                    if need - size > self.end - next {
                        return false;
                    }
                    self.top = block + need;
                    self.high = self.high.max(self.top);
                    put(block + 8, need | (tag & PREV_FREE));
                    return true;
                }
                let next_tag = get(next + 8);
                let next_size = next_tag & !FLAGS;
                if next_tag & FREE == 0 || size + next_size < need {
                    return false;
                }
                self.remove(next, next_size);
                size += next_size;
                put(block + 8, size | (tag & PREV_FREE));
                put(block + size + 8, get(block + size + 8) & !PREV_FREE);
            }
            self.trim(block, size, need);
            true
        }
    }

    /// A new chunk, or more of the last one. Small blocks that are free stay in their lists for ever.
    #[cold]
    unsafe fn refill(&mut self) -> bool {
        unsafe {
            let clean = self.high;
            if self.chunk != 0 && self.small_end == self.top && self.resize(self.chunk, Self::size(self.chunk) + CHUNK) {
                self.small_end += CHUNK;
                self.small_clean = clean;
                return true;
            }
            let rest = self.small_end - self.small_at;
            if rest > 0 {
                put(self.small_at, self.small[rest / 16]);
                self.small[rest / 16] = self.small_at;
                self.small_at = self.small_end;
            }
            let (block, clean) = self.take(CHUNK);
            if block == 0 {
                return false;
            }
            self.chunk = block;
            self.small_at = block + HEADER;
            self.small_end = block + Self::size(block);
            self.small_clean = clean;
            true
        }
    }

    #[inline(always)]
    unsafe fn alloc_small(&mut self, class: usize) -> (usize, usize) {
        let block = self.small[class];
        if block != 0 {
            self.small[class] = unsafe { get(block) };
            return (block, usize::MAX);
        }
        loop {
            let at = self.small_at;
            if class * 16 <= self.small_end - at {
                self.small_at = at + class * 16;
                return (at, self.small_clean);
            }
            if unsafe { !self.refill() } {
                return (0, 0);
            }
        }
    }

    /// Address (0: no memory), and the address from which on the bytes are known to be zero.
    #[inline(always)]
    unsafe fn alloc(&mut self, layout: Layout) -> (usize, usize) {
        if is_small(layout) {
            unsafe { self.alloc_small((layout.size() + 15) / 16) }
        } else {
            unsafe { self.alloc_large(layout) }
        }
    }
}

#[inline(always)]
fn is_small(layout: Layout) -> bool {
    layout.size() <= SMALL_MAX && layout.align() <= 16
}

#[stable(feature = "alloc_system_type", since = "1.28.0")]
unsafe impl GlobalAlloc for System {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread; GlobalAlloc's contract.
        let (at, _) = unsafe { (*HEAP.0.get()).alloc(layout) };
        ptr::with_exposed_provenance_mut(at)
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above; the block has layout.size() bytes.
        unsafe {
            let (at, clean) = (*HEAP.0.get()).alloc(layout);
            let block: *mut u8 = ptr::with_exposed_provenance_mut(at);
            if at != 0 && clean > at {
                block.write_bytes(0, layout.size().min(clean - at));
            }
            block
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the block came from here with this layout.
        unsafe {
            let heap = &mut *HEAP.0.get();
            if is_small(layout) {
                let class = (layout.size() + 15) / 16;
                block.cast::<usize>().write(heap.small[class]);
                heap.small[class] = block.expose_provenance();
            } else {
                heap.free(block.expose_provenance() - HEADER);
            }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above; the caller guarantees that new_size makes a valid layout.
        unsafe {
            let new_layout = Layout::from_size_align_unchecked(new_size, layout.align());
            match (is_small(layout), is_small(new_layout)) {
                (true, true) if (layout.size() + 15) / 16 == (new_size + 15) / 16 => return block,
                (false, false) => {
                    let heap = &mut *HEAP.0.get();
                    if let Some(need) = block_size(new_size)
                        && heap.resize(block.expose_provenance() - HEADER, need)
                    {
                        return block;
                    }
                }
                _ => {}
            }
            super::realloc_fallback(self, block, layout, new_size)
        }
    }
}
