//! Keccak-256 (as Ethereum uses it) of the first input chunk, or of 2048 bytes, in plain Rust: no call of the machine helps.

const RATE: usize = 136;

/// Round constants from the linear feedback shift register of the Keccak reference, section 1.2.
const ROUND_CONSTANTS: [u64; 24] = {
    let mut constants = [0u64; 24];
    let (mut register, mut round) = (1u8, 0);
    while round < 24 {
        let mut j = 0;
        while j < 7 {
            if register & 1 != 0 {
                constants[round] |= 1 << ((1 << j) - 1);
            }
            register = (register << 1) ^ if register & 0x80 != 0 { 0x71 } else { 0 };
            j += 1;
        }
        round += 1;
    }
    constants
};

/// Lane t of the walk that rho and pi describe: where it goes and by how much it turns.
const WALK: [(usize, u32); 24] = {
    let mut walk = [(0, 0); 24];
    let (mut x, mut y, mut t) = (1, 0, 0);
    while t < 24 {
        (x, y) = (y, (2 * x + 3 * y) % 5);
        walk[t] = (x + 5 * y, ((t + 1) * (t + 2) / 2 % 64) as u32);
        t += 1;
    }
    walk
};

fn permute(a: &mut [u64; 25]) {
    for constant in ROUND_CONSTANTS {
        let mut c = [0u64; 5];
        for x in 0..5 {
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        }
        for x in 0..5 {
            let d = c[(x + 4) % 5] ^ c[(x + 1) % 5].rotate_left(1);
            for y in 0..5 {
                a[x + 5 * y] ^= d;
            }
        }
        let mut lane = a[1];
        for (to, turn) in WALK {
            lane = std::mem::replace(&mut a[to], lane.rotate_left(turn));
        }
        for row in a.chunks_exact_mut(5) {
            let old: [u64; 5] = (&*row).try_into().unwrap();
            for x in 0..5 {
                row[x] = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
            }
        }
        a[0] ^= constant;
    }
}

fn absorb(state: &mut [u64; 25], block: &[u8]) {
    for (lane, bytes) in state.iter_mut().zip(block.chunks_exact(8)) {
        *lane ^= u64::from_le_bytes(bytes.try_into().unwrap());
    }
    permute(state);
}

fn keccak256(message: &[u8]) -> [u8; 32] {
    let mut state = [0u64; 25];
    let mut blocks = message.chunks_exact(RATE);
    for block in &mut blocks {
        absorb(&mut state, block);
    }
    let mut last = [0u8; RATE];
    last[..blocks.remainder().len()].copy_from_slice(blocks.remainder());
    last[blocks.remainder().len()] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(&mut state, &last);
    let mut digest = [0; 32];
    for i in 0..4 {
        digest[8 * i..8 * i + 8].copy_from_slice(&state[i].to_le_bytes());
    }
    digest
}

fn main() {
    let pattern: Vec<u8> = (0..2048u32).map(|i| (i * 7 + i / 256) as u8).collect();
    let message = hauptbuch::io::try_read_slice().unwrap_or(&pattern);
    let digest = keccak256(message);
    for byte in digest {
        print!("{byte:02x}");
    }
    println!();
    hauptbuch::io::commit_slice(&digest);
}
