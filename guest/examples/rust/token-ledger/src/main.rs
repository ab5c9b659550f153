//! Accounts and transfers: one batch of transfers is one proven step of the ledger.
//!
//! Input: the ledger's chunk (cells `account/<n>` and `batches`), then the transfers as `Vec<(u32, u32, u64)>`: from, to, amount.
//! Public values: roots and digest of the writes, then the number of transfers (u32) and the sum of the amounts (u64).
//! A transfer that the sender's balance does not cover, one of nothing, or an account that does not exist ends the program with a panic (code 1): no version of the
//! ledger comes of it. Coins are neither made nor lost: the sum of all balances stays what it was.

use hauptbuch::ledger::{self, Ledger};

fn balance(ledger: &mut Ledger, account: u32) -> u64 {
    let value = ledger.get(format!("account/{account}").as_bytes()).unwrap_or_else(|| panic!("there is no account {account}"));
    u64::from_le_bytes(value.try_into().expect("a balance has 8 bytes"))
}

fn set_balance(ledger: &mut Ledger, account: u32, balance: u64) {
    ledger.put(format!("account/{account}").as_bytes(), &balance.to_le_bytes());
}

fn main() {
    let mut ledger = ledger::open("token");
    let transfers: Vec<(u32, u32, u64)> = hauptbuch::io::read();
    let mut moved = 0u64;
    for &(from, to, amount) in &transfers {
        assert!(amount > 0, "a transfer of nothing");
        let paid = balance(&mut ledger, from).checked_sub(amount).expect("the balance does not cover the transfer");
        set_balance(&mut ledger, from, paid);
        // Read after the first write, so that a transfer to oneself changes nothing.
        let received = balance(&mut ledger, to).checked_add(amount).expect("a balance above 2^64");
        set_balance(&mut ledger, to, received);
        moved = moved.checked_add(amount).expect("a sum above 2^64");
    }
    // Every batch makes a state that has not been there before, so no step can be repeated.
    let batches = ledger.get(b"batches").map_or(0, |value| u64::from_le_bytes(value.try_into().expect("8 bytes")));
    ledger.put(b"batches", &(batches + 1).to_le_bytes());
    ledger.commit();
    hauptbuch::io::commit(&(transfers.len() as u32, moved));
}
