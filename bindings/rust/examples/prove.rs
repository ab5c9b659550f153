//! prove PROGRAM NUMBER: proves that the program, given the number, ends well, and prints its first public byte.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let program = hauptbuch_host::Program::from_bytes(&std::fs::read(arguments.next().ok_or("which program?")?)?)?;
    let number: u64 = arguments.next().ok_or("which number?")?.parse()?;
    let result = hauptbuch_host::Machine::new()?.execute(&program, &number.to_le_bytes(), &[])?;
    let values = hauptbuch_host::verify(&result.verifying_key, &result.proof, result.exit_code)?;
    let mut spoilt = result.proof.clone();
    *spoilt.last_mut().ok_or("an empty proof")? ^= 1;
    let why = hauptbuch_host::verify(&result.verifying_key, &spoilt, result.exit_code).err().ok_or("a spoilt proof was accepted")?;
    println!("{} cycles, {} bytes of proof, first public byte {}; a spoilt proof: {}", result.cycles, result.proof.len(), values[0], why.text);
    Ok(())
}
