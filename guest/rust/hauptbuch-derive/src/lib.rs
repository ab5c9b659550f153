//! `#[derive(Encode, Decode)]` for structs and enums without generic parameters. Written against bare token trees, so that programs
//! need no packages from a registry.

use proc_macro::{Delimiter, TokenStream, TokenTree};

enum Members {
    None,
    Tuple(usize),
    Named(Vec<String>),
}

struct Variant {
    name: String,
    members: Members,
}

struct Item {
    name: String,
    is_enum: bool,
    variants: Vec<Variant>, // of a struct: one, with the struct's name
}

#[proc_macro_derive(Encode)]
pub fn derive_encode(input: TokenStream) -> TokenStream {
    generate(input, encode)
}

#[proc_macro_derive(Decode)]
pub fn derive_decode(input: TokenStream) -> TokenStream {
    generate(input, decode)
}

fn generate(input: TokenStream, make: fn(&Item) -> String) -> TokenStream {
    let code = match parse(input) {
        Ok(item) => make(&item),
        Err(what) => format!("compile_error!({what:?});"),
    };
    code.parse().expect("generated code")
}

fn parse(input: TokenStream) -> Result<Item, String> {
    let mut tokens = input.into_iter().peekable();
    let mut kind = None;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(_) => {
                tokens.next(); // an attribute's brackets
            }
            TokenTree::Ident(word) if ["struct", "enum", "union"].contains(&word.to_string().as_str()) => {
                kind = Some(word.to_string());
                break;
            }
            _ => {} // pub, pub(crate)
        }
    }
    let is_enum = match kind.as_deref() {
        Some("struct") => false,
        Some("enum") => true,
        _ => return Err("only structs and enums can derive Encode and Decode".into()),
    };
    let name = match tokens.next() {
        Some(TokenTree::Ident(name)) => name.to_string(),
        _ => return Err("a name was expected".into()),
    };
    let variants = match tokens.next() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace && is_enum => variants(group.stream())?,
        Some(TokenTree::Group(group)) => vec![Variant { name: name.clone(), members: members(group.delimiter(), group.stream())? }],
        Some(TokenTree::Punct(end)) if end.as_char() == ';' => vec![Variant { name: name.clone(), members: Members::None }],
        _ => return Err("types with generic parameters must implement Encode and Decode by hand".into()),
    };
    Ok(Item { name, is_enum, variants })
}

/// The parts between commas that are not inside brackets of any kind, angle brackets included; attributes removed.
fn split(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let (mut parts, mut part, mut depth, mut dash) = (Vec::new(), Vec::new(), 0, false);
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '#' if depth == 0 => {
                    tokens.next();
                    continue;
                }
                ',' if depth == 0 => {
                    parts.push(std::mem::take(&mut part));
                    continue;
                }
                '<' => depth += 1,
                '>' if !dash => depth -= 1,
                _ => {}
            }
            dash = punct.as_char() == '-';
        } else {
            dash = false;
        }
        part.push(token);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn members(delimiter: Delimiter, stream: TokenStream) -> Result<Members, String> {
    let parts = split(stream);
    if delimiter == Delimiter::Parenthesis {
        return Ok(Members::Tuple(parts.len()));
    }
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let mut names = Vec::new();
    for part in parts {
        let colon = part.iter().position(is_colon).ok_or("a member without a type")?;
        names.push(part[colon - 1].to_string());
    }
    Ok(Members::Named(names))
}

fn variants(stream: TokenStream) -> Result<Vec<Variant>, String> {
    let mut list = Vec::new();
    for part in split(stream) {
        let name = part[0].to_string();
        let members = match part.get(1) {
            None => Members::None,
            Some(TokenTree::Group(group)) => members(group.delimiter(), group.stream())?,
            Some(_) => Members::None, // "= discriminant": the index counts, not the value
        };
        list.push(Variant { name, members });
    }
    Ok(list)
}

fn path(item: &Item, variant: &Variant) -> String {
    if item.is_enum {
        format!("{}::{}", item.name, variant.name)
    } else {
        item.name.clone()
    }
}

/// "{ a: m0, b: m1 }": a pattern, or with other values an expression.
fn shape(members: &Members, value: impl Fn(usize) -> String) -> String {
    match members {
        Members::None => String::new(),
        Members::Tuple(count) => format!("({})", (0..*count).map(|i| value(i) + ",").collect::<String>()),
        Members::Named(names) => {
            format!("{{ {} }}", names.iter().enumerate().map(|(i, name)| format!("{name}: {},", value(i))).collect::<String>())
        }
    }
}

fn count(members: &Members) -> usize {
    match members {
        Members::None => 0,
        Members::Tuple(count) => *count,
        Members::Named(names) => names.len(),
    }
}

fn encode(item: &Item) -> String {
    let mut arms = String::new();
    for (index, variant) in item.variants.iter().enumerate() {
        let tag = if item.is_enum { format!("::hauptbuch::codec::Encode::encode(&{index}u32, out);") } else { String::new() };
        let body: String = (0..count(&variant.members)).map(|i| format!("::hauptbuch::codec::Encode::encode(m{i}, out);")).collect();
        arms += &format!("{} {} => {{ {tag} {body} }}", path(item, variant), shape(&variant.members, |i| format!("m{i}")));
    }
    format!(
        "#[automatically_derived] impl ::hauptbuch::codec::Encode for {} {{
            #[allow(unused_variables)]
            fn encode(&self, out: &mut ::std::vec::Vec<u8>) {{ match self {{ {arms} }} }}
        }}",
        item.name
    )
}

fn decode(item: &Item) -> String {
    let make = |variant: &Variant| {
        let value = shape(&variant.members, |_| "::hauptbuch::codec::Decode::decode(reader)?".into());
        format!("::std::option::Option::Some({} {value})", path(item, variant))
    };
    let body = if item.is_enum {
        let arms: String = item.variants.iter().enumerate().map(|(index, variant)| format!("{index} => {},", make(variant))).collect();
        format!("match <u32 as ::hauptbuch::codec::Decode>::decode(reader)? {{ {arms} _ => ::std::option::Option::None }}")
    } else {
        make(&item.variants[0])
    };
    format!(
        "#[automatically_derived] impl ::hauptbuch::codec::Decode for {} {{
            #[allow(unused_variables)]
            fn decode(reader: &mut ::hauptbuch::codec::Reader) -> ::std::option::Option<Self> {{ {body} }}
        }}",
        item.name
    )
}
