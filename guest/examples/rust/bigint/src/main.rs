//! Arithmetic of the size that signatures need, in plain Rust: inverts an element of the secp256k1 base field by Fermat's theorem
//! (256 squarings, 248 multiplications of 256 bits modulo p, Montgomery form) and checks the inverse. The element is 32 bytes of input,
//! little-endian, or a default.

type U256 = [u64; 4];

const P: U256 = [0xfffffffefffffc2f, u64::MAX, u64::MAX, u64::MAX];

/// -1 / P[0] modulo 2^64, by Newton's iteration.
const NEGATIVE_INVERSE: u64 = {
    let mut x = 1u64;
    let mut i = 0;
    while i < 6 {
        x = x.wrapping_mul(2u64.wrapping_sub(P[0].wrapping_mul(x)));
        i += 1;
    }
    x.wrapping_neg()
};

/// 2^512 mod p: p = 2^256 - c, so 2^512 = c^2.
const R_SQUARED: U256 = {
    let c = P[0].wrapping_neg() as u128;
    let square = c * c;
    [square as u64, (square >> 64) as u64, 0, 0]
};

fn less(a: &U256, b: &U256) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

fn subtract(a: &U256, b: &U256) -> (U256, bool) {
    let (mut out, mut borrow) = ([0; 4], false);
    for i in 0..4 {
        let (x, b1) = a[i].overflowing_sub(b[i]);
        let (x, b2) = x.overflowing_sub(borrow as u64);
        (out[i], borrow) = (x, b1 | b2);
    }
    (out, borrow)
}

/// a * b / 2^256 mod p (Montgomery 1985; the interleaved form).
fn multiply(a: &U256, b: &U256) -> U256 {
    let mut t = [0u64; 6];
    for i in 0..4 {
        let mut carry = 0u64;
        for j in 0..4 {
            let s = t[j] as u128 + a[j] as u128 * b[i] as u128 + carry as u128;
            (t[j], carry) = (s as u64, (s >> 64) as u64);
        }
        let s = t[4] as u128 + carry as u128;
        (t[4], t[5]) = (s as u64, (s >> 64) as u64);

        let m = t[0].wrapping_mul(NEGATIVE_INVERSE);
        let mut carry = ((t[0] as u128 + m as u128 * P[0] as u128) >> 64) as u64;
        for j in 1..4 {
            let s = t[j] as u128 + m as u128 * P[j] as u128 + carry as u128;
            (t[j - 1], carry) = (s as u64, (s >> 64) as u64);
        }
        let s = t[4] as u128 + carry as u128;
        t[3] = s as u64;
        t[4] = t[5] + (s >> 64) as u64;
    }
    let low = [t[0], t[1], t[2], t[3]];
    let (reduced, borrow) = subtract(&low, &P);
    if t[4] == 0 && borrow { low } else { reduced }
}

fn power(base: &U256, exponent: &U256) -> U256 {
    let mut result = multiply(&[1, 0, 0, 0], &R_SQUARED);
    for bit in (0..256).rev() {
        result = multiply(&result, &result);
        if exponent[bit / 64] >> (bit % 64) & 1 != 0 {
            result = multiply(&result, base);
        }
    }
    result
}

fn main() {
    let mut element: U256 = [0x0123456789abcdef, 0xfedcba9876543210, 0x0f1e2d3c4b5a6978, 0x1122334455667788];
    if let Some(chunk) = hauptbuch::io::try_read_slice() {
        let bytes: &[u8; 32] = chunk.try_into().unwrap_or_else(|_| hauptbuch::invalid_input("an element has 32 bytes"));
        for (limb, bytes) in element.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_le_bytes(bytes.try_into().unwrap());
        }
    }
    assert!(less(&element, &P) && element != [0; 4], "the element must be between 0 and p");

    let form = multiply(&element, &R_SQUARED);
    let (exponent, _) = subtract(&P, &[2, 0, 0, 0]);
    let inverse = power(&form, &exponent);
    assert_eq!(multiply(&multiply(&inverse, &form), &[1, 0, 0, 0]), [1, 0, 0, 0], "the inverse is wrong");
    let inverse = multiply(&inverse, &[1, 0, 0, 0]);
    println!("1 / element = {:#018x}{:016x}{:016x}{:016x}", inverse[3], inverse[2], inverse[1], inverse[0]);
    hauptbuch::io::commit(&(element, inverse));
}
