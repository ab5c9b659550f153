//! There is no environment: reading finds nothing, writing fails.

use crate::ffi::{OsStr, OsString};
use crate::{fmt, io};

pub struct Env(());

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().finish()
    }
}

impl Iterator for Env {
    type Item = (OsString, OsString);

    fn next(&mut self) -> Option<(OsString, OsString)> {
        None
    }
}

pub fn env() -> Env {
    Env(())
}

pub fn getenv(_name: &OsStr) -> Option<OsString> {
    None
}

pub unsafe fn setenv(_name: &OsStr, _value: &OsStr) -> io::Result<()> {
    Err(io::const_error!(io::ErrorKind::Unsupported, "a zkVM guest has no environment to set"))
}

pub unsafe fn unsetenv(_name: &OsStr) -> io::Result<()> {
    Err(io::const_error!(io::ErrorKind::Unsupported, "a zkVM guest has no environment to change"))
}
