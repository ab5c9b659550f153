//! The two backends: guest (symbols of the standard library's platform layer, ecalls) and native.

#[cfg(target_os = "zkvm")]
mod guest {
    use core::arch::asm;

    #[repr(C)]
    struct Chunk {
        ptr: *const u8,
        len: usize,
    }

    extern "C" {
        fn hb_rt_next_chunk() -> Chunk;
        fn hb_rt_public_write(ptr: *const u8, len: usize);
        fn hb_rt_exit(code: i32) -> !;
    }

    pub fn next_chunk() -> Option<&'static [u8]> {
        // SAFETY: the platform layer hands out each part of the input region once and never changes it.
        unsafe {
            let chunk = hb_rt_next_chunk();
            (!chunk.ptr.is_null()).then(|| core::slice::from_raw_parts(chunk.ptr, chunk.len))
        }
    }

    pub fn write_public(bytes: &[u8]) {
        // SAFETY: a readable range.
        unsafe { hb_rt_public_write(bytes.as_ptr(), bytes.len()) }
    }

    /// A ledger's list of writes, for the host alone: the public values hold its digest.
    pub fn write_ledger(bytes: &[u8]) {
        // SAFETY: WRITE to fd 24; the host only reads.
        unsafe {
            asm!("ecall", inlateout("t0") 2usize => _, in("a0") 24usize, in("a1") bytes.as_ptr(), in("a2") bytes.len(),
                 options(nostack));
        }
    }

    pub fn exit(code: i32) -> ! {
        // SAFETY: flushes and ends the run.
        unsafe { hb_rt_exit(code) }
    }

    pub fn push_hint(bytes: &[u8]) {
        // SAFETY: WRITE to fd 14; the host only reads.
        unsafe {
            asm!("ecall", inlateout("t0") 2usize => _, in("a0") 14usize, in("a1") bytes.as_ptr(), in("a2") bytes.len(),
                 options(nostack));
        }
    }

    /// Runs `work` outside the proof: the machine takes back everything it did, except the hints that it pushed for the program to
    /// read (and check!) with `hauptbuch::io` afterwards.
    pub fn unconstrained(work: impl FnOnce(&mut dyn FnMut(&[u8]))) {
        let inside: usize;
        // SAFETY: ENTER_UNCONSTRAINED returns 1, and again with 0 from the same place with registers and memory as they are now.
        unsafe { asm!("ecall", inlateout("t0") 3usize => inside) };
        if inside != 0 {
            work(&mut |bytes| push_hint(bytes));
            // SAFETY: EXIT_UNCONSTRAINED goes back to the call above.
            unsafe { asm!("ecall", in("t0") 4usize, options(noreturn)) }
        }
        // In a proof `work` never ran and is dropped here like any other value.
    }

    /// Asks the aggregator to check a proof of the statement (verifying key, public values' digest, exit code). Without such a
    /// proof this program's own proof cannot be completed.
    pub fn verify_proof(verifying_key: &[u8; 32], public_values_digest: &[u8; 32], exit_code: u8) {
        #[repr(align(8))]
        struct Aligned([u8; 32]);
        let (key, digest) = (Aligned(*verifying_key), Aligned(*public_values_digest));
        // SAFETY: the machine reads 32 bytes at each pointer.
        unsafe {
            asm!("ecall", inlateout("t0") 0x1busize => _, in("a0") &key.0, in("a1") &digest.0, in("a2") exit_code as usize,
                 options(nostack));
        }
    }
}

#[cfg(not(target_os = "zkvm"))]
mod native {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::fs::File;
    use std::io::Write;

    thread_local! {
        static INPUT: RefCell<Option<VecDeque<Vec<u8>>>> = const { RefCell::new(None) };
        static PUBLIC: RefCell<Option<Option<File>>> = const { RefCell::new(None) };
    }

    fn fail(path: &str, error: std::io::Error) -> ! {
        eprintln!("hauptbuch: {path}: {error}");
        std::process::exit(2)
    }

    fn load() -> VecDeque<Vec<u8>> {
        let paths = std::env::var("HB_INPUT").unwrap_or_default();
        let files = paths.split(':').filter(|path| !path.is_empty());
        files.map(|path| std::fs::read(path).unwrap_or_else(|error| fail(path, error))).collect()
    }

    pub fn next_chunk() -> Option<&'static [u8]> {
        let chunk = INPUT.with(|input| input.borrow_mut().get_or_insert_with(load).pop_front());
        chunk.map(|bytes| &*bytes.leak())
    }

    pub fn write_public(bytes: &[u8]) {
        let open = || std::env::var("HB_PUBLIC_VALUES").ok().map(|path| File::create(&path).unwrap_or_else(|e| fail(&path, e)));
        PUBLIC.with(|public| {
            if let Some(file) = public.borrow_mut().get_or_insert_with(open) {
                file.write_all(bytes).unwrap_or_else(|error| fail("HB_PUBLIC_VALUES", error));
            }
        });
    }

    /// To the file named by `HB_LEDGER_WRITES`, if there is one.
    pub fn write_ledger(bytes: &[u8]) {
        if let Ok(path) = std::env::var("HB_LEDGER_WRITES") {
            std::fs::write(&path, bytes).unwrap_or_else(|error| fail(&path, error));
        }
    }

    pub fn exit(code: i32) -> ! {
        std::process::exit(code)
    }

    /// Natively there is no proof: the work is done, and its hints come first in the input.
    pub fn unconstrained(work: impl FnOnce(&mut dyn FnMut(&[u8]))) {
        let mut pushed = Vec::new();
        work(&mut |bytes| pushed.push(bytes.to_vec()));
        INPUT.with(|input| {
            let mut input = input.borrow_mut();
            let queue = input.get_or_insert_with(load);
            pushed.into_iter().for_each(|bytes| queue.push_front(bytes));
        });
    }

    /// Natively nothing is proven, so there is nothing to check.
    pub fn verify_proof(_verifying_key: &[u8; 32], _public_values_digest: &[u8; 32], _exit_code: u8) {}
}

#[cfg(target_os = "zkvm")]
pub use guest::*;
#[cfg(not(target_os = "zkvm"))]
pub use native::*;
