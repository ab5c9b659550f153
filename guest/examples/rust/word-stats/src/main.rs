//! Reads text from standard input, prints the most frequent words, and commits to what it prints: the standard library at work
//! (HashMap, String, sorting, formatting of floats). `--top N` changes how many words are shown.

use std::collections::HashMap;
use std::fmt::Write;
use std::io::Read;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let limit = match arguments.as_slice() {
        [] => 10,
        [flag, number] if flag == "--top" => number.parse().expect("--top wants a number"),
        _ => panic!("usage: word-stats [--top N] < TEXT"),
    };

    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("standard input is not text");
    let mut counts: HashMap<String, u64> = HashMap::new();
    let mut words = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
        words += 1;
    }

    let distinct = counts.len();
    let mut ranking: Vec<(String, u64)> = counts.into_iter().collect();
    ranking.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranking.truncate(limit);

    let mut report = String::new();
    writeln!(report, "{words} words, {distinct} different").unwrap();
    for (rank, (word, count)) in ranking.iter().enumerate() {
        let share = *count as f64 / words as f64;
        writeln!(report, "{:>3}. {word:<20} {count:>6} {:>7.3} %  log2 {:>7.4}", rank + 1, 100.0 * share, share.log2()).unwrap();
    }
    print!("{report}");
    hauptbuch::io::commit_slice(report.as_bytes());
}
