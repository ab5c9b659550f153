//! Standard BLAKE3 (hash mode, and one block in derive-key mode), as the ledger uses it.

pub(crate) const IV: [u32; 8] = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const PARENT: u32 = 4;
const ROOT: u32 = 8;
const DERIVE_KEY_MATERIAL: u32 = 64;
const CHUNK_BYTES: usize = 1024;

fn compress(cv: &[u32; 8], block: &[u32; 16], counter: u64, len: u32, flags: u32) -> [u32; 8] {
    let mut v = [0u32; 16];
    v[..8].copy_from_slice(cv);
    v[8..12].copy_from_slice(&IV[..4]);
    v[12..].copy_from_slice(&[counter as u32, (counter >> 32) as u32, len, flags]);
    macro_rules! g {
        ($a:literal $b:literal $c:literal $d:literal, $x:expr, $y:expr) => {
            v[$a] = v[$a].wrapping_add(v[$b]).wrapping_add(block[$x]);
            v[$d] = (v[$d] ^ v[$a]).rotate_right(16);
            v[$c] = v[$c].wrapping_add(v[$d]);
            v[$b] = (v[$b] ^ v[$c]).rotate_right(12);
            v[$a] = v[$a].wrapping_add(v[$b]).wrapping_add(block[$y]);
            v[$d] = (v[$d] ^ v[$a]).rotate_right(8);
            v[$c] = v[$c].wrapping_add(v[$d]);
            v[$b] = (v[$b] ^ v[$c]).rotate_right(7);
        };
    }
    macro_rules! round {
        ($($i:literal)*) => {{
            const I: [usize; 16] = [$($i),*];
            g!(0 4 8 12, I[0], I[1]);
            g!(1 5 9 13, I[2], I[3]);
            g!(2 6 10 14, I[4], I[5]);
            g!(3 7 11 15, I[6], I[7]);
            g!(0 5 10 15, I[8], I[9]);
            g!(1 6 11 12, I[10], I[11]);
            g!(2 7 8 13, I[12], I[13]);
            g!(3 4 9 14, I[14], I[15]);
        }};
    }
    // Each row is the one before it permuted by 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8.
    round!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    round!(2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8);
    round!(3 4 10 12 13 2 7 14 6 5 9 0 11 15 8 1);
    round!(10 7 12 9 14 3 13 15 4 0 11 2 5 8 1 6);
    round!(12 13 9 11 15 10 14 8 7 2 5 3 0 1 6 4);
    round!(9 14 11 5 8 12 15 1 13 3 0 10 2 6 4 7);
    round!(11 15 5 0 1 9 8 6 14 10 2 12 3 4 7 13);
    std::array::from_fn(|i| v[i] ^ v[i + 8])
}

fn words(bytes: &[u8]) -> [u32; 16] {
    let mut padded = [0u8; 64];
    padded[..bytes.len()].copy_from_slice(bytes);
    std::array::from_fn(|i| u32::from_le_bytes([padded[4 * i], padded[4 * i + 1], padded[4 * i + 2], padded[4 * i + 3]]))
}

fn to_bytes(words: [u32; 8]) -> [u8; 32] {
    let mut out = [0u8; 32];
    out.chunks_exact_mut(4).zip(words).for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_le_bytes()));
    out
}

fn chunk(bytes: &[u8], number: u64, root: u32) -> [u32; 8] {
    let mut cv = IV;
    let blocks = bytes.len().div_ceil(64).max(1);
    for i in 0..blocks {
        let block = &bytes[64 * i..bytes.len().min(64 * i + 64)];
        let start = if i == 0 { CHUNK_START } else { 0 };
        let end = if i + 1 == blocks { CHUNK_END | root } else { 0 };
        cv = compress(&cv, &words(block), number, block.len() as u32, start | end);
    }
    cv
}

/// The subtree over these bytes, whose first chunk has this number: the left part is the largest power of two of chunks that leaves some.
fn subtree(bytes: &[u8], number: u64, root: u32) -> [u32; 8] {
    if bytes.len() <= CHUNK_BYTES {
        return chunk(bytes, number, root);
    }
    let chunks = bytes.len().div_ceil(CHUNK_BYTES);
    let left = chunks.next_power_of_two() / 2;
    let mut block = [0u32; 16];
    block[..8].copy_from_slice(&subtree(&bytes[..left * CHUNK_BYTES], number, 0));
    block[8..].copy_from_slice(&subtree(&bytes[left * CHUNK_BYTES..], number + left as u64, 0));
    compress(&IV, &block, 0, 64, PARENT | root)
}

pub(crate) fn hash(bytes: &[u8]) -> [u8; 32] {
    to_bytes(subtree(bytes, 0, ROOT))
}

/// One block of 64 bytes in derive-key mode; `context` is the chaining value of the context string.
pub(crate) fn derive_pair(context: &[u32; 8], left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut block = [0u32; 16];
    for (half, bytes) in [left, right].into_iter().enumerate() {
        for i in 0..8 {
            block[8 * half + i] = u32::from_le_bytes([bytes[4 * i], bytes[4 * i + 1], bytes[4 * i + 2], bytes[4 * i + 3]]);
        }
    }
    to_bytes(compress(context, &block, 0, 64, CHUNK_START | CHUNK_END | ROOT | DERIVE_KEY_MATERIAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// First bytes of the official test vectors (input: 0, 1, .. 250, 0, 1, ..).
    #[test]
    fn official_vectors() {
        let cases = [
            (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
            (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
            (1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"),
            (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
            (1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"),
            (5120, "9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833"),
        ];
        for (length, expected) in cases {
            let input: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            assert_eq!(hex(&hash(&input)), expected, "{length} bytes");
        }
    }
}
