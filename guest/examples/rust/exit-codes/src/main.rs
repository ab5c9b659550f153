//! Ends in the way that the first argument says, after committing "begun": every end is provable, with its code.

use std::process::ExitCode;

fn recurse(n: u64, before: &[u64; 64]) -> u64 {
    let here = [n ^ before[(n % 64) as usize]; 64];
    std::hint::black_box(&here);
    if n == u64::MAX { 0 } else { recurse(n + 1, &here).wrapping_add(here[7]) }
}

fn main() -> ExitCode {
    hauptbuch::io::commit_slice(b"begun");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    print!("no newline at the end");
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["return"] => ExitCode::SUCCESS,
        ["return", code] => ExitCode::from(code.parse::<u8>().unwrap()),
        ["exit", code] => std::process::exit(code.parse().unwrap()),
        ["panic"] => panic!("this is the message"),
        ["panic-in-format"] => {
            struct Bad;
            impl std::fmt::Display for Bad {
                fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result {
                    panic!("while printing")
                }
            }
            println!("{Bad}");
            ExitCode::SUCCESS
        }
        ["abort"] => std::process::abort(),
        ["index"] => {
            let numbers = vec![1, 2, 3];
            println!("{}", numbers[std::hint::black_box(3)]);
            ExitCode::SUCCESS
        }
        ["no-memory"] => {
            let huge = std::hint::black_box(1usize << 40);
            println!("{}", std::hint::black_box(vec![1u8; huge]).len());
            ExitCode::SUCCESS
        }
        ["missing-input"] => ExitCode::from(hauptbuch::io::read::<u8>()),
        ["recursion"] => ExitCode::from(recurse(0, &[1; 64]) as u8),
        ["thread"] => {
            let error = std::thread::Builder::new().spawn(|| ()).expect_err("there are no threads");
            println!("\n{error}");
            ExitCode::SUCCESS
        }
        ["file"] => {
            println!("\n{}", std::fs::read("/etc/hostname").expect_err("there are no files"));
            ExitCode::SUCCESS
        }
        ["time"] => {
            println!("{:?}", std::time::Instant::now());
            ExitCode::SUCCESS
        }
        _ => panic!("unknown way to end: {arguments:?}"),
    }
}
