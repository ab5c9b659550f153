//! Corners of the standard library on the machine: what each prints is compared with the native run.

use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, Read, Write};
use std::rc::Rc;
use std::sync::{atomic::*, mpsc, Arc, LazyLock, Mutex, OnceLock, RwLock};

static COUNTER: AtomicU64 = AtomicU64::new(0);
static LAZY: LazyLock<String> = LazyLock::new(|| "made once".repeat(2));

thread_local! {
    static LOCAL: std::cell::RefCell<Vec<u32>> = const { std::cell::RefCell::new(Vec::new()) };
}

struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        println!("dropped {}", self.0);
    }
}

#[derive(hauptbuch::Encode, hauptbuch::Decode, Debug, PartialEq)]
enum Message {
    Empty,
    Pair(u32, String),
    Named { list: Vec<Option<i64>>, flag: bool },
}

fn floats() {
    for x in [0.1f64, 1.0 / 3.0, 1e300, 5e-324, -0.0, f64::INFINITY, f64::NAN, 123456789.123] {
        println!("{x} {x:e} {x:.3} {:?} {}", x.sqrt(), x as f32);
    }
    println!("{:.12} {:.12} {:.12} {:.12}", 1.5f64.mul_add(2.0, 0.25), 2f64.powi(-7), 10f64.rem_euclid(3.0), (-7.5f64).trunc());
    println!("{} {} {}", (1u64 << 63) as f64, -1.5e20 as i64, f64::NAN as u8);
    println!("{:?} {:?}", "3.14159".parse::<f64>(), "x".parse::<f64>().is_err());
}

fn integers() {
    let wide = u128::MAX / 7;
    println!("{wide} {:#x} {} {}", wide.wrapping_mul(wide), wide % 1_000_000_007, i128::MIN / 3);
    println!("{:?} {:?} {}", 5u8.checked_sub(6), i64::MIN.checked_neg(), (-17i64).rem_euclid(5));
    println!("{} {} {}", 0xdeadbeefu32.leading_zeros(), 0xf0f0u64.count_ones(), 40u64.trailing_zeros());
    println!("{}", u64::MAX.isqrt());
}

fn collections() {
    let mut map: HashMap<String, usize> = HashMap::new();
    for i in 0..1000usize {
        *map.entry(format!("key {}", i % 97)).or_default() += i;
    }
    let mut sorted: Vec<_> = map.iter().collect();
    sorted.sort();
    println!("{} {:?}", map.len(), &sorted[..3]);
    let set: HashSet<u32> = (0..100).map(|i| i * i % 31).collect();
    let mut squares: Vec<_> = set.into_iter().collect();
    squares.sort_unstable_by(|a, b| b.cmp(a));
    println!("{squares:?}");
    let tree: BTreeMap<_, _> = (0..50).map(|i| ((i * 37) % 50, i)).collect();
    println!("{:?}", tree.range(10..14).collect::<Vec<_>>());
    let mut heap: BinaryHeap<_> = [5, 1, 8, 3].into();
    let mut queue: VecDeque<_> = (0..5).collect();
    queue.rotate_left(2);
    println!("{:?} {:?} {queue:?}", heap.pop(), heap.into_sorted_vec());
}

fn sharing() {
    let shared = Arc::new(Mutex::new(0));
    *shared.lock().unwrap() += 5;
    let lock = RwLock::new(vec![1, 2]);
    lock.write().unwrap().push(3);
    let once = OnceLock::new();
    println!("{} {:?} {} {}", shared.lock().unwrap(), lock.read().unwrap(), once.get_or_init(|| 7), *LAZY);
    for _ in 0..10 {
        COUNTER.fetch_add(3, Ordering::SeqCst);
    }
    println!("{} {:?}", COUNTER.load(Ordering::Acquire), COUNTER.compare_exchange(30, 1, Ordering::AcqRel, Ordering::Relaxed));
    let flag = AtomicBool::new(false);
    println!("{} {}", flag.swap(true, Ordering::SeqCst), flag.load(Ordering::SeqCst));
    LOCAL.with_borrow_mut(|list| list.extend([1, 2]));
    println!("{:?}", LOCAL.with_borrow(|list| list.len()));
    let (sender, receiver) = mpsc::channel();
    sender.send("through a channel").unwrap();
    println!("{:?} {:?}", receiver.recv(), receiver.try_recv());
    let counted = Rc::new(Noisy("counted"));
    let weak = Rc::downgrade(&counted);
    drop(counted);
    println!("{}", weak.upgrade().is_none());
    println!("{:?}", std::thread::current().name());
}

fn streams() {
    let mut first = String::new();
    let mut input = std::io::stdin().lock();
    input.read_line(&mut first).unwrap();
    let mut four = [0; 4];
    input.read_exact(&mut four).unwrap();
    let lines: Vec<String> = input.lines().map(Result::unwrap).collect();
    println!("{first:?} {four:?} {} {}", lines.len(), lines.iter().map(String::len).sum::<usize>());
    let mut out = std::io::stdout().lock();
    out.write_all(b"half a line, ").unwrap();
    writeln!(out, "{:>8}|{:<8}|{:^8}|{:+}|{:08.3}|{:#b}", "right", "left", "mid", 5, -3.14159, 5).unwrap();
    let mut text = String::new();
    write!(text, "{:?} {:?}", "quote \" \u{1F980} \n", 'x').unwrap();
    println!("{text}");
}

fn failures() {
    println!("{:?}", std::env::var("HB_NOT_THERE"));
    println!("{:?}", "12a".parse::<u32>());
    println!("{:?}", String::from_utf8(vec![0xff]).is_err());
    println!("{:?}", Vec::<u8>::new().try_reserve(usize::MAX / 4).is_err());
    let boxed: Box<dyn std::error::Error> = "an error".into();
    println!("{boxed}");
}

fn main() {
    let _last = Noisy("at the end of main");
    println!("{:?}", std::env::args().skip(1).collect::<Vec<_>>());
    floats();
    integers();
    collections();
    sharing();
    streams();
    failures();
    let message: Message = hauptbuch::io::read();
    println!("{message:?}");
    let rest = hauptbuch::io::read_vec();
    println!("{} {:?}", rest.len(), hauptbuch::io::try_read_slice());
    hauptbuch::unconstrained(|hint| hint(&(rest.len() as u64 * 3).to_le_bytes()));
    let tripled: u64 = hauptbuch::io::read();
    assert_eq!(tripled, rest.len() as u64 * 3);
    hauptbuch::io::commit(&message);
    hauptbuch::io::commit_slice(&rest);
    hauptbuch::region("the end", || hauptbuch::io::commit(&tripled));
}
