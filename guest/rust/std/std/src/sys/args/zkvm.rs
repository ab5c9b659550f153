//! Arguments, asked of the host when first wanted. They are advice: any prover may choose them.

use crate::ffi::{OsStr, OsString};
use crate::sync::OnceLock;
use crate::sys::pal::abi;

#[path = "common.rs"]
mod common;
pub use common::Args;

static ARGS: OnceLock<&'static [u8]> = OnceLock::new();

/// The host sends the arguments proper; the program's name, which natively comes first, is a constant.
const NAME: &str = "guest";

pub fn args() -> Args {
    let bytes: &'static [u8] = ARGS.get_or_init(|| abi::read_args());
    let mut list = Vec::from([OsString::from(NAME)]);
    if !bytes.is_empty() {
        // Each argument is followed by a NUL.
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        // SAFETY: an OsStr of this platform is any sequence of bytes.
        let to_os = |arg: &[u8]| -> OsString { unsafe { OsStr::from_encoded_bytes_unchecked(arg) }.to_os_string() };
        list.extend(bytes.split(|&byte| byte == 0).map(to_os));
    }
    Args::new(list)
}
