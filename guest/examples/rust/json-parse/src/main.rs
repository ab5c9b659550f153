//! Parses a JSON document from standard input (RFC 8259) with a small recursive parser, prints what it consists of, and commits to
//! the counts and to the sum of its numbers. A document that is not JSON ends with code 1 and the place of the error.

use std::collections::BTreeMap;
use std::io::Read;

#[derive(Debug)]
enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(BTreeMap<String, Value>),
}

const MAX_DEPTH: usize = 256;

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, String>;

impl Parser<'_> {
    fn fail<T>(&self, what: &str) -> Parsed<T> {
        Err(format!("{what} at byte {}", self.at))
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    fn expect(&mut self, text: &str) -> Parsed<()> {
        if !self.bytes[self.at..].starts_with(text.as_bytes()) {
            return self.fail(&format!("expected {text:?}"));
        }
        self.at += text.len();
        Ok(())
    }

    fn value(&mut self) -> Parsed<Value> {
        self.skip_space();
        match self.peek() {
            b'n' => self.expect("null").map(|()| Value::Null),
            b't' => self.expect("true").map(|()| Value::Bool(true)),
            b'f' => self.expect("false").map(|()| Value::Bool(false)),
            b'"' => self.text().map(Value::Text),
            b'[' => self.nested(Self::list),
            b'{' => self.nested(Self::object),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.fail("expected a value"),
        }
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Parsed<Value>) -> Parsed<Value> {
        if self.depth == MAX_DEPTH {
            return self.fail("nested too deeply");
        }
        self.depth += 1;
        self.at += 1;
        let value = parse(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// After an element: true if another one follows.
    fn more(&mut self, close: u8) -> Parsed<bool> {
        self.skip_space();
        let next = self.peek();
        self.at += 1;
        match next {
            b',' => Ok(true),
            _ if next == close => Ok(false),
            _ => {
                self.at -= 1;
                self.fail("expected a comma or the end")
            }
        }
    }

    fn list(&mut self) -> Parsed<Value> {
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == b']' {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value()?);
            if !self.more(b']')? {
                return Ok(Value::List(items));
            }
        }
    }

    fn object(&mut self) -> Parsed<Value> {
        let mut members = BTreeMap::new();
        self.skip_space();
        if self.peek() == b'}' {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.text()?;
            self.skip_space();
            self.expect(":")?;
            let value = self.value()?;
            members.insert(name, value);
            if !self.more(b'}')? {
                return Ok(Value::Object(members));
            }
        }
    }

    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { self.fail("expected a digit") } else { Ok(()) }
    }

    fn number(&mut self) -> Parsed<Value> {
        let start = self.at;
        if self.peek() == b'-' {
            self.at += 1;
        }
        if self.peek() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).expect("digits");
        text.parse().map(Value::Number).or_else(|_| self.fail("number out of range"))
    }

    fn text(&mut self) -> Parsed<String> {
        self.expect("\"")?;
        let mut out = Vec::new();
        loop {
            let byte = self.peek();
            match byte {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                0..=0x1f => return self.fail("control character or end in a string"),
                _ => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        String::from_utf8(out).or_else(|_| self.fail("string is not UTF-8"))
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Parsed<()> {
        let letter = self.peek();
        self.at += 1;
        let byte = match letter {
            b'"' | b'\\' | b'/' => letter,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut code = self.hex()?;
                if (0xd800..0xdc00).contains(&code) {
                    self.expect("\\u")?;
                    let low = self.hex()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return self.fail("half a surrogate pair");
                    }
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                }
                let Some(character) = char::from_u32(code) else { return self.fail("half a surrogate pair") };
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return self.fail("unknown escape"),
        };
        out.push(byte);
        Ok(())
    }

    fn hex(&mut self) -> Parsed<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = (self.peek() as char).to_digit(16) else { return self.fail("expected a hexadecimal digit") };
            code = 16 * code + digit;
            self.at += 1;
        }
        Ok(code)
    }
}

#[derive(Default, Debug, hauptbuch::Encode)]
struct Counts {
    nulls: u64,
    bools: u64,
    trues: u64,
    numbers: u64,
    texts: u64,
    text_bytes: u64,
    lists: u64,
    objects: u64,
    sum: f64,
}

fn count(value: &Value, counts: &mut Counts) {
    match value {
        Value::Null => counts.nulls += 1,
        Value::Bool(truth) => {
            counts.bools += 1;
            counts.trues += *truth as u64;
        }
        Value::Number(number) => {
            counts.numbers += 1;
            counts.sum += number;
        }
        Value::Text(text) => {
            counts.texts += 1;
            counts.text_bytes += text.len() as u64;
        }
        Value::List(items) => {
            counts.lists += 1;
            items.iter().for_each(|item| count(item, counts));
        }
        Value::Object(members) => {
            counts.objects += 1;
            members.values().for_each(|member| count(member, counts));
        }
    }
}

fn main() -> Result<(), String> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let mut parser = Parser { bytes: &bytes, at: 0, depth: 0 };
    let value = parser.value()?;
    parser.skip_space();
    if parser.at != bytes.len() {
        return parser.fail("something after the document");
    }
    let mut counts = Counts::default();
    count(&value, &mut counts);
    println!("{counts:#?}");
    hauptbuch::io::commit(&counts);
    Ok(())
}
