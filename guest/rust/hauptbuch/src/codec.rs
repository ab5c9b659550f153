//! Values as bytes: the layout of bincode 1's default configuration, which hosts of other zkVMs use for typed input too.
//!
//! Integers and floats little-endian in their own width, `usize` and lengths as u64, `bool` one byte 0 or 1, `char` as its UTF-8
//! bytes, strings and vectors as length and contents, arrays, tuples and structs as their members one after the other, options as
//! a byte and the value, enums (and `Result`) as a u32 and the variant's members. Only canonical bytes decode, so equal values
//! have equal encodings.

use std::collections::{BTreeMap, BTreeSet};

/// A value that can be written as bytes. `#[derive(hauptbuch::Encode)]` implements it.
pub trait Encode {
    fn encode(&self, out: &mut Vec<u8>);

    #[doc(hidden)]
    fn encode_slice(items: &[Self], out: &mut Vec<u8>)
    where
        Self: Sized,
    {
        items.iter().for_each(|item| item.encode(out));
    }
}

/// A value that can be read from bytes; None if they are none. `#[derive(hauptbuch::Decode)]` implements it.
pub trait Decode: Sized {
    fn decode(reader: &mut Reader) -> Option<Self>;

    #[doc(hidden)]
    fn decode_many(reader: &mut Reader, count: usize) -> Option<Vec<Self>> {
        // The count is advice: no more room than bytes that are there.
        let mut items = Vec::with_capacity(count.min(reader.len()));
        for _ in 0..count {
            items.push(Self::decode(reader)?);
        }
        Some(items)
    }
}

/// Bytes that are being decoded.
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*head)
    }

    /// A length; one that does not fit into memory is none.
    pub fn length(&mut self) -> Option<usize> {
        usize::try_from(u64::decode(self)?).ok()
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Encode for $number {
            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }

        impl Decode for $number {
            fn decode(reader: &mut Reader) -> Option<Self> {
                reader.array().map(<$number>::from_le_bytes)
            }
        }
    )*};
}
numbers!(i8, u16, i16, u32, i32, u64, i64, u128, i128, f32, f64);

impl Encode for u8 {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn encode_slice(items: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(items);
    }
}

impl Decode for u8 {
    fn decode(reader: &mut Reader) -> Option<u8> {
        reader.array().map(|[byte]| byte)
    }

    fn decode_many(reader: &mut Reader, count: usize) -> Option<Vec<u8>> {
        reader.take(count).map(<[u8]>::to_vec)
    }
}

impl Encode for usize {
    fn encode(&self, out: &mut Vec<u8>) {
        (*self as u64).encode(out);
    }
}

impl Decode for usize {
    fn decode(reader: &mut Reader) -> Option<usize> {
        reader.length()
    }
}

impl Encode for isize {
    fn encode(&self, out: &mut Vec<u8>) {
        (*self as i64).encode(out);
    }
}

impl Decode for isize {
    fn decode(reader: &mut Reader) -> Option<isize> {
        isize::try_from(i64::decode(reader)?).ok()
    }
}

impl Encode for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }
}

impl Decode for bool {
    fn decode(reader: &mut Reader) -> Option<bool> {
        match u8::decode(reader)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Encode for char {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

impl Decode for char {
    fn decode(reader: &mut Reader) -> Option<char> {
        let first = *reader.bytes.first()?;
        let width = match first {
            0x00..=0x7f => 1,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        std::str::from_utf8(reader.take(width)?).ok()?.chars().next()
    }
}

impl Encode for str {
    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        out.extend_from_slice(self.as_bytes());
    }
}

impl Encode for String {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_str().encode(out);
    }
}

impl Decode for String {
    fn decode(reader: &mut Reader) -> Option<String> {
        let length = reader.length()?;
        std::str::from_utf8(reader.take(length)?).ok().map(str::to_owned)
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        T::encode_slice(self, out);
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_slice().encode(out);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(reader: &mut Reader) -> Option<Vec<T>> {
        let count = reader.length()?;
        T::decode_many(reader, count)
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    fn encode(&self, out: &mut Vec<u8>) {
        T::encode_slice(self, out);
    }
}

impl<T: Decode, const N: usize> Decode for [T; N] {
    fn decode(reader: &mut Reader) -> Option<[T; N]> {
        T::decode_many(reader, N)?.try_into().ok()
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, out: &mut Vec<u8>) {
        (**self).encode(out);
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        (**self).encode(out);
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(reader: &mut Reader) -> Option<Box<T>> {
        T::decode(reader).map(Box::new)
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.is_some().encode(out);
        self.iter().for_each(|value| value.encode(out));
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(reader: &mut Reader) -> Option<Option<T>> {
        if bool::decode(reader)? { T::decode(reader).map(Some) } else { Some(None) }
    }
}

impl<T: Encode, E: Encode> Encode for Result<T, E> {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Ok(value) => (0u32, value).encode(out),
            Err(error) => (1u32, error).encode(out),
        }
    }
}

impl<T: Decode, E: Decode> Decode for Result<T, E> {
    fn decode(reader: &mut Reader) -> Option<Result<T, E>> {
        match u32::decode(reader)? {
            0 => T::decode(reader).map(Ok),
            1 => E::decode(reader).map(Err),
            _ => None,
        }
    }
}

impl<K: Encode, V: Encode> Encode for BTreeMap<K, V> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        self.iter().for_each(|pair| pair.encode(out));
    }
}

impl<K: Decode + Ord, V: Decode> Decode for BTreeMap<K, V> {
    fn decode(reader: &mut Reader) -> Option<BTreeMap<K, V>> {
        let pairs = Vec::<(K, V)>::decode(reader)?;
        pairs.is_sorted_by(|a, b| a.0 < b.0).then(|| pairs.into_iter().collect())
    }
}

impl<T: Encode> Encode for BTreeSet<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.len().encode(out);
        self.iter().for_each(|item| item.encode(out));
    }
}

impl<T: Decode + Ord> Decode for BTreeSet<T> {
    fn decode(reader: &mut Reader) -> Option<BTreeSet<T>> {
        let items = Vec::<T>::decode(reader)?;
        items.is_sorted_by(|a, b| a < b).then(|| items.into_iter().collect())
    }
}

macro_rules! tuples {
    ($(($($member:ident $index:tt),*))*) => {$(
        impl<$($member: Encode),*> Encode for ($($member,)*) {
            fn encode(&self, _out: &mut Vec<u8>) {
                $(self.$index.encode(_out);)*
            }
        }

        impl<$($member: Decode),*> Decode for ($($member,)*) {
            fn decode(_reader: &mut Reader) -> Option<Self> {
                Some(($($member::decode(_reader)?,)*))
            }
        }
    )*};
}
tuples! {
    ()
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    fn bytes_of<T: Encode>(value: &T) -> Vec<u8> {
        let mut out = Vec::new();
        value.encode(&mut out);
        out
    }

    fn there_and_back<T: Encode + Decode + PartialEq + Debug>(value: T) {
        let bytes = bytes_of(&value);
        let mut reader = Reader::new(&bytes);
        assert_eq!(T::decode(&mut reader), Some(value));
        assert!(reader.is_empty());
        for end in 0..bytes.len() {
            assert_eq!(T::decode(&mut Reader::new(&bytes[..end])), None, "cut to {end} of {}", bytes.len());
        }
    }

    #[derive(hauptbuch::Encode, hauptbuch::Decode, PartialEq, Debug)]
    struct Person {
        name: String,
        ages: Vec<(u8, u16)>,
        r#type: [i64; 2],
    }

    #[derive(hauptbuch::Encode, hauptbuch::Decode, PartialEq, Debug)]
    struct Pair(u8, Option<bool>);

    #[derive(hauptbuch::Encode, hauptbuch::Decode, PartialEq, Debug)]
    enum Shape {
        Nothing,
        Circle(f64),
        Box { w: u32, h: u32 },
    }

    #[test]
    fn round_trips() {
        there_and_back((1u8, -2i16, 3u32, -4i64, 5u128, 6.5f32));
        there_and_back((true, 'a', 'ß', '€', '🦀', usize::MAX));
        there_and_back((String::from("häuser"), vec![1u8, 2, 3], vec![Some(7u64), None]));
        there_and_back(([1u16, 2, 3], Box::new(9u8), Ok::<u8, String>(4), Err::<u8, String>("no".into())));
        there_and_back(BTreeMap::from([(2u8, "b".to_string()), (1, "a".to_string())]));
        there_and_back(BTreeSet::from([3u32, 1, 2]));
        there_and_back(Person { name: "Ada".into(), ages: vec![(1, 2)], r#type: [-1, 1] });
        there_and_back(Pair(4, Some(true)));
        for shape in [Shape::Nothing, Shape::Circle(1.5), Shape::Box { w: 2, h: 3 }] {
            there_and_back(shape);
        }
    }

    #[test]
    fn layout_is_bincodes() {
        assert_eq!(bytes_of(&(0x0102u16, "ab")), [2, 1, 2, 0, 0, 0, 0, 0, 0, 0, b'a', b'b']);
        assert_eq!(bytes_of(&Some(5u32)), [1, 5, 0, 0, 0]);
        assert_eq!(bytes_of(&Shape::Box { w: 1, h: 2 }), [2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
        assert_eq!(bytes_of(&[7u8, 8]), [7, 8]);
    }

    #[test]
    fn only_canonical_bytes_decode() {
        assert_eq!(bool::decode(&mut Reader::new(&[2])), None);
        assert_eq!(Option::<u8>::decode(&mut Reader::new(&[2, 0])), None);
        assert_eq!(Shape::decode(&mut Reader::new(&[3, 0, 0, 0])), None);
        assert_eq!(char::decode(&mut Reader::new(&[0x80])), None);
        assert_eq!(char::decode(&mut Reader::new(&[0xc1, 0x81])), None);
        assert_eq!(String::decode(&mut Reader::new(&[1, 0, 0, 0, 0, 0, 0, 0, 0xff])), None);
        assert_eq!(Vec::<u64>::decode(&mut Reader::new(&[0xff; 8])), None);
        assert_eq!(BTreeSet::<u8>::decode(&mut Reader::new(&[2, 0, 0, 0, 0, 0, 0, 0, 2, 1])), None);
        assert_eq!(BTreeSet::<u8>::decode(&mut Reader::new(&[2, 0, 0, 0, 0, 0, 0, 0, 1, 1])), None);
    }
}
