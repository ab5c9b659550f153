//! State of a ledger, read and written by a program whose run is proven.
//!
//! ```no_run
//! let mut ledger = hauptbuch::ledger::open("counter");
//! let count = ledger.get(b"n").map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().unwrap()));
//! ledger.put(b"n", &(count + 1).to_le_bytes());
//! ledger.commit(); // before anything else is committed
//! ```
//!
//! The host passes values and one proof as an input chunk (`hauptbuch state prove DIR --witness counter n -o FILE`). `open` checks them
//! against each other, `commit` computes the roots before and after and puts both, with the digest of the writes, first in the public values: whoever
//! verifies the run's proof needs no state to know what it did to the state. Which names are there is the host's choice; a program that asks for another one
//! ends with code 3, as for any missing input.

use crate::blake3::{derive_pair, hash};
use crate::codec::Reader;
use crate::{invalid_input, io, platform};
use std::collections::BTreeMap;

type Digest = [u8; 32];

/// Chaining values of the context strings "hauptbuch ledger leaf" and "hauptbuch ledger node".
const LEAF: [u32; 8] = [0xa457aa20, 0x7b35a4fa, 0xf310785d, 0xaafadd6f, 0xfd1ff7dd, 0x6e77d7d9, 0x06bda7dd, 0x7b63a478];
const NODE: [u32; 8] = [0xfcadbb49, 0x40c18ccf, 0xd7c3a8b0, 0xac67af92, 0x6faa4ab6, 0x1ec4790c, 0x88041249, 0x7f7bcfb4];
const NOTHING: Digest = [0; 32];

struct Cell {
    key: Digest,
    name: &'static [u8],
    before: Option<&'static [u8]>,
    before_hash: Option<Digest>,
    /// None: not written. Some(None): deleted.
    after: Option<Option<Vec<u8>>>,
}

/// The declared cells of one program's storage.
pub struct Ledger {
    program: String,
    cells: Vec<Cell>,
    names: BTreeMap<&'static [u8], usize>,
    proof: &'static [u8],
    before_root: Digest,
}

/// Takes the next input chunk as the cells of `storage/<program>`. Ends the program with code 3 unless it is exactly what a host with
/// such a ledger passes.
pub fn open(program: &str) -> Ledger {
    Ledger::parse(program, io::read_slice()).unwrap_or_else(|| invalid_input("the chunk is not a ledger's input for this program"))
}

impl Ledger {
    fn parse(program: &str, chunk: &'static [u8]) -> Option<Ledger> {
        let mut reader = Reader::new(chunk);
        if program.is_empty() || program.len() > 64 || reader.take(8)? != b"hbwitnes" {
            return None;
        }
        let count = u32_of(&mut reader)?;
        let mut cells = Vec::new();
        for _ in 0..count {
            cells.push(read_cell(program, &mut reader)?);
        }
        let proof_bytes = u32_of(&mut reader)?;
        let proof = reader.take(proof_bytes)?;
        if !reader.is_empty() || cells.is_empty() || !cells.is_sorted_by(|a, b| a.key < b.key) {
            return None;
        }
        let before_root = Walk::new(&cells, proof, false).root()?.before;
        let names = cells.iter().enumerate().map(|(index, cell)| (cell.name, index)).collect();
        Some(Ledger { program: program.to_owned(), cells, names, proof, before_root })
    }

    fn cell(&mut self, name: &[u8]) -> &mut Cell {
        match self.names.get(name) {
            Some(&index) => &mut self.cells[index],
            None => invalid_input("the ledger's input does not have a cell that the program asks for"),
        }
    }

    /// The cell's value now, after the program's own writes; None when there is none.
    pub fn get(&mut self, name: &[u8]) -> Option<&[u8]> {
        let cell = self.cell(name);
        match &cell.after {
            Some(written) => written.as_deref(),
            None => cell.before,
        }
    }

    pub fn put(&mut self, name: &[u8], value: &[u8]) {
        self.cell(name).after = Some(Some(value.to_vec()));
    }

    /// Deleting what is not there changes nothing.
    pub fn delete(&mut self, name: &[u8]) {
        self.cell(name).after = Some(None);
    }

    /// The state root that the input was proven against.
    pub fn root(&self) -> [u8; 32] {
        self.before_root
    }

    /// Appends root before, root after and digest of the writes to the public values, where they must come first, and hands the writes to the host.
    pub fn commit(self) {
        let after_root = match Walk::new(&self.cells, self.proof, true).root() {
            Some(root) => root.after.hash(),
            None => invalid_input("the ledger's proof"), // it was read once, so this is not reached
        };
        let writes = self.writes();
        platform::write_ledger(&writes);
        io::commit_slice(&self.before_root);
        io::commit_slice(&after_root);
        io::commit_slice(&hash(&writes));
    }

    fn writes(&self) -> Vec<u8> {
        let written: Vec<_> = self.cells.iter().filter_map(|cell| cell.after.as_ref().map(|after| (cell.name, after))).collect();
        let mut out = b"hbwrites".to_vec();
        out.push(self.program.len() as u8);
        out.extend_from_slice(self.program.as_bytes());
        out.extend_from_slice(&(written.len() as u32).to_le_bytes());
        for (name, after) in written {
            out.extend_from_slice(&(name.len() as u16).to_le_bytes());
            out.extend_from_slice(name);
            out.push(after.is_some() as u8);
            if let Some(value) = after {
                out.extend_from_slice(&(value.len() as u32).to_le_bytes());
                out.extend_from_slice(value);
            }
        }
        out
    }
}

fn u32_of(reader: &mut Reader) -> Option<usize> {
    Some(u32::from_le_bytes(reader.take(4)?.try_into().ok()?) as usize)
}

fn read_cell(program: &str, reader: &mut Reader<'static>) -> Option<Cell> {
    let length = u16::from_le_bytes(reader.take(2)?.try_into().ok()?);
    let name = reader.take(length as usize)?;
    let before = match reader.take(1)? {
        [0] => None,
        [1] => {
            let bytes = u32_of(reader)?;
            Some(reader.take(bytes)?)
        }
        _ => return None,
    };
    let key = hash(&[b"storage/", program.as_bytes(), &[0], name].concat());
    Some(Cell { key, name, before, before_hash: before.map(hash), after: None })
}

/// A subtree after the writes. A lone leaf can move up, so its kind is kept.
#[derive(Clone, Copy)]
enum After {
    Empty,
    Leaf(Digest),
    Inner(Digest),
}

impl After {
    fn hash(self) -> Digest {
        match self {
            After::Empty => NOTHING,
            After::Leaf(hash) | After::Inner(hash) => hash,
        }
    }

    fn join(self, right: After) -> After {
        match (self, right) {
            (After::Empty, After::Empty | After::Leaf(_)) => right,
            (After::Leaf(_), After::Empty) => self,
            _ => After::Inner(derive_pair(&NODE, &self.hash(), &right.hash())),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Empty,
    Leaf,
    Inner,
    Other,
}

struct Subtree {
    before: Digest,
    after: After,
    kind: Kind,
    /// Not empty, and all its leaves are declared cells.
    erasable: bool,
    /// No declared cell runs through it; Some(true): its kind is shown.
    beside: Option<bool>,
}

/// One pass over a proof (its format is that of the host's `ledger/state_proof.h`, of which this is the other implementation): roots before and, on request,
/// after, and that it says of every cell what the host said.
struct Walk<'a> {
    cells: &'a [Cell],
    reader: Reader<'a>,
    proof: &'a [u8],
    update: bool,
}

impl<'a> Walk<'a> {
    fn new(cells: &'a [Cell], proof: &'a [u8], update: bool) -> Walk<'a> {
        Walk { cells, reader: Reader::new(proof), proof, update }
    }

    fn root(mut self) -> Option<Subtree> {
        if !self.proof.starts_with(b"hbstate1") {
            return None;
        }
        self.reader.take(8)?;
        let root = self.node(&NOTHING, 0, self.cells)?;
        self.reader.is_empty().then_some(root)
    }

    fn digest(&mut self) -> Option<Digest> {
        self.reader.take(32)?.try_into().ok()
    }

    fn node(&mut self, path: &Digest, depth: usize, through: &'a [Cell]) -> Option<Subtree> {
        let tag = self.reader.take(1)?[0];
        if through.is_empty() {
            return self.beside(tag, path, depth);
        }
        match tag {
            0 => {
                let absent = through.iter().all(|cell| cell.before_hash.is_none());
                let after = self.build(depth, through, None);
                absent.then_some(Subtree { before: NOTHING, after, kind: Kind::Empty, erasable: false, beside: None })
            }
            1 => self.leaf(path, depth, through),
            2 => self.inner(path, depth, through),
            _ => None,
        }
    }

    fn leaf(&mut self, path: &Digest, depth: usize, through: &'a [Cell]) -> Option<Subtree> {
        let (key, value) = (self.digest()?, self.digest()?);
        if common_bits(&key, path) < depth {
            return None;
        }
        let hash = derive_pair(&LEAF, &key, &value);
        let mut declared = false;
        for cell in through {
            declared |= cell.key == key;
            if cell.before_hash != (cell.key == key).then_some(value) {
                return None;
            }
        }
        let after = if through.is_empty() { After::Leaf(hash) } else { self.build(depth, through, (!declared).then_some((key, hash))) };
        Some(Subtree { before: hash, after, kind: Kind::Leaf, erasable: declared, beside: None })
    }

    fn beside(&mut self, tag: u8, path: &Digest, depth: usize) -> Option<Subtree> {
        let (before, kind) = match tag {
            0 => (NOTHING, Kind::Empty),
            1 => (self.leaf(path, depth, &[])?.before, Kind::Leaf),
            3 => (self.digest()?, Kind::Other),
            4 => {
                let (left, right) = (self.digest()?, self.digest()?);
                (derive_pair(&NODE, &left, &right), Kind::Inner)
            }
            _ => return None,
        };
        let after = match kind {
            Kind::Empty => After::Empty,
            Kind::Leaf => After::Leaf(before),
            Kind::Inner | Kind::Other => After::Inner(before),
        };
        let named = kind == Kind::Empty || before != NOTHING;
        named.then_some(Subtree { before, after, kind, erasable: false, beside: Some(kind != Kind::Other) })
    }

    fn inner(&mut self, path: &Digest, depth: usize, through: &'a [Cell]) -> Option<Subtree> {
        if depth == 256 {
            return None;
        }
        let middle = through.partition_point(|cell| !bit(&cell.key, depth));
        let mut turn = *path;
        turn[depth / 8] &= !(0x80 >> (depth % 8));
        let left = self.node(&turn, depth + 1, &through[..middle])?;
        turn[depth / 8] |= 0x80 >> (depth % 8);
        let right = self.node(&turn, depth + 1, &through[middle..])?;
        if !well_formed(&left, &right) {
            return None;
        }
        Some(Subtree {
            before: derive_pair(&NODE, &left.before, &right.before),
            after: if self.update { left.after.join(right.after) } else { After::Empty },
            kind: Kind::Inner,
            erasable: (left.erasable || left.kind == Kind::Empty) && (right.erasable || right.kind == Kind::Empty),
            beside: None,
        })
    }

    /// The cells that are there afterwards and, if given, a leaf that is no cell's.
    fn build(&self, depth: usize, cells: &[Cell], extra: Option<(Digest, Digest)>) -> After {
        if !self.update {
            return After::Empty;
        }
        let mut present = cells.iter().filter(|cell| cell.present());
        match (present.next(), present.next(), extra) {
            (None, _, None) => After::Empty,
            (None, _, Some((_, hash))) => After::Leaf(hash),
            (Some(only), None, None) => After::Leaf(derive_pair(&LEAF, &only.key, &only.after_hash())),
            _ => {
                let middle = cells.partition_point(|cell| !bit(&cell.key, depth));
                let (to_left, to_right) = match extra {
                    Some((key, _)) if bit(&key, depth) => (None, extra),
                    _ => (extra, None),
                };
                self.build(depth + 1, &cells[..middle], to_left).join(self.build(depth + 1, &cells[middle..], to_right))
            }
        }
    }
}

impl Cell {
    fn present(&self) -> bool {
        self.after.as_ref().map_or(self.before.is_some(), Option::is_some)
    }

    /// Of a cell that is present.
    fn after_hash(&self) -> Digest {
        match &self.after {
            Some(Some(value)) => hash(value),
            _ => self.before_hash.unwrap_or(NOTHING),
        }
    }
}

/// Is this how the pair must be written? See the host's `ledger/state_proof.h`.
fn well_formed(left: &Subtree, right: &Subtree) -> bool {
    if matches!((left.kind, right.kind), (Kind::Empty, Kind::Empty | Kind::Leaf) | (Kind::Leaf, Kind::Empty)) {
        return false;
    }
    match (left.beside, right.beside) {
        (Some(shown), _) => left.kind == Kind::Empty || shown == right.erasable,
        (_, Some(shown)) => right.kind == Kind::Empty || shown == left.erasable,
        _ => true,
    }
}

fn bit(key: &Digest, index: usize) -> bool {
    key[index / 8] >> (7 - index % 8) & 1 == 1
}

fn common_bits(a: &Digest, b: &Digest) -> usize {
    match a.iter().zip(b).position(|(x, y)| x != y) {
        Some(byte) => 8 * byte + (a[byte] ^ b[byte]).leading_zeros() as usize,
        None => 256,
    }
}
