//! What tells a run from every other.

use std::hash::{BuildHasher, RandomState};

use sha2::{Digest, Sha256};

/// A UUID of version 7 (RFC 9562, section 5.7): 48 bits of the time in ms, so that ids sort by it, and 74 that are drawn.
pub(super) fn new() -> String {
    let mut hash = Sha256::new();
    // Each state is keyed by the system's generator; the time and the process are for systems whose generator repeats itself.
    for part in 0..4_u8 {
        hash.update(RandomState::new().hash_one(part).to_le_bytes());
    }
    let now = jiff::Timestamp::now();
    hash.update(now.as_nanosecond().to_le_bytes());
    hash.update(std::process::id().to_le_bytes());
    let drawn: [u8; 32] = hash.finalize().into();
    let high =
        (now.as_millisecond() as u64) << 16 | 0x7000 | u64::from(u16::from_le_bytes([drawn[0], drawn[1]]) & 0xfff);
    let low = u64::from_le_bytes([drawn[2], drawn[3], drawn[4], drawn[5], drawn[6], drawn[7], drawn[8], drawn[9]]);
    let low = low >> 2 | 1 << 63;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_that_sort_by_time_and_do_not_repeat() {
        let pattern =
            regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").unwrap();
        let mut ids: Vec<String> = (0..1000).map(|_| new()).collect();
        assert!(ids.iter().all(|id| pattern.is_match(id)), "{ids:?}");
        let before = ids[0][..13].to_owned();
        assert!(ids.iter().all(|id| id[..13] >= *before));
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 1000);
    }
}
