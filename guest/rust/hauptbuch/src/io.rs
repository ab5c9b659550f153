//! Private input, chunk by chunk, and public values.

use crate::codec::{Decode, Encode, Reader};
use crate::{invalid_input, platform};

/// The next input chunk as a value. Ends the program with code 3 if there is none, or if its bytes are not exactly one such value.
pub fn read<T: Decode>() -> T {
    let mut reader = Reader::new(read_slice());
    match T::decode(&mut reader) {
        Some(value) if reader.is_empty() => value,
        _ => invalid_input("a chunk is not the value that the program expects"),
    }
}

/// The next input chunk, where the host put it. Ends the program with code 3 if there is none.
pub fn read_slice() -> &'static [u8] {
    try_read_slice().unwrap_or_else(|| invalid_input("there is no further chunk"))
}

/// The same as a vector.
pub fn read_vec() -> Vec<u8> {
    read_slice().to_vec()
}

/// The next input chunk, or None when there is none.
pub fn try_read_slice() -> Option<&'static [u8]> {
    platform::next_chunk()
}

/// Appends the encoding of a value to the public values.
pub fn commit<T: Encode + ?Sized>(value: &T) {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    platform::write_public(&bytes);
}

/// Appends bytes to the public values as they are.
pub fn commit_slice(bytes: &[u8]) {
    platform::write_public(bytes);
}
