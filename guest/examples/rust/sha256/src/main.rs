//! SHA-256 (FIPS 180-4) of the first input chunk, or of 2048 bytes, in plain Rust: no call of the machine helps.

const K: [u32; 64] = constants();

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, by integer arithmetic.
const fn constants() -> [u32; 64] {
    let mut k = [0; 64];
    let (mut prime, mut i) = (2u128, 0);
    while i < 64 {
        let mut divisor = 2;
        let mut is_prime = true;
        while divisor * divisor <= prime {
            is_prime &= prime % divisor != 0;
            divisor += 1;
        }
        if is_prime {
            // Greatest r with r^3 <= prime * 2^96: the cube root in units of 2^-32.
            let (mut low, mut high) = (0u128, 1 << 36);
            while high - low > 1 {
                let middle = (low + high) / 2;
                if middle * middle * middle <= prime << 96 {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            k[i] = low as u32;
            i += 1;
        }
        prime += 1;
    }
    k
}

fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut w = [0u32; 64];
    for i in 0..16 {
        w[i] = u32::from_be_bytes(block[4 * i..4 * i + 4].try_into().unwrap());
    }
    for i in 16..64 {
        let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
        let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
    }
    let mut v = *state;
    for i in 0..64 {
        let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
        let choose = (v[4] & v[5]) ^ (!v[4] & v[6]);
        let t1 = v[7].wrapping_add(s1).wrapping_add(choose).wrapping_add(K[i]).wrapping_add(w[i]);
        let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
        let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        v = [t1.wrapping_add(s0).wrapping_add(majority), v[0], v[1], v[2], v[3].wrapping_add(t1), v[4], v[5], v[6]];
    }
    for i in 0..8 {
        state[i] = state[i].wrapping_add(v[i]);
    }
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let mut state =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
    let mut blocks = message.chunks_exact(64);
    for block in &mut blocks {
        compress(&mut state, block.try_into().unwrap());
    }
    let rest = blocks.remainder();
    let mut last = [0u8; 128];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    let end = if rest.len() < 56 { 64 } else { 128 };
    last[end - 8..end].copy_from_slice(&(8 * message.len() as u64).to_be_bytes());
    for block in last[..end].chunks_exact(64) {
        compress(&mut state, block.try_into().unwrap());
    }
    let mut digest = [0; 32];
    for i in 0..8 {
        digest[4 * i..4 * i + 4].copy_from_slice(&state[i].to_be_bytes());
    }
    digest
}

fn main() {
    let pattern: Vec<u8> = (0..2048u32).map(|i| (i * 7 + i / 256) as u8).collect();
    let message = hauptbuch::io::try_read_slice().unwrap_or(&pattern);
    let digest = sha256(message);
    for byte in digest {
        print!("{byte:02x}");
    }
    println!();
    hauptbuch::io::commit_slice(&digest);
}
