//! A program for the Hauptbuch zkVM. It also runs natively: `HB_INPUT=n.bin HB_PUBLIC_VALUES=public.bin cargo run`.

fn main() {
    // Private input: the prover chooses it, nobody else sees it. Check what you rely on.
    let n: u32 = hauptbuch::io::read();
    assert!(n < 1_000_000, "{n} is too large");

    let sum: u64 = (1..=n as u64).sum();
    println!("1 + ... + {n} = {sum}");

    // Public values: what the proof shows to everybody.
    hauptbuch::io::commit(&(n, sum));
}
