//! Numbers that nobody can guess.

use std::hash::{BuildHasher, RandomState};

use sha2::{Digest, Sha256};

/// 256 bits from the system's generator.
pub(super) fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    if rustls::crypto::ring::default_provider().secure_random.fill(&mut bytes).is_err() {
        // The system has no generator to ask (it always has on the platforms of this program): the standard library's
        // own keys are the next best thing.
        let states: Vec<u8> = (0..8_u8).flat_map(|part| RandomState::new().hash_one(part).to_le_bytes()).collect();
        bytes = Sha256::digest(&states).into();
    }
    bytes
}

/// 64 such bits.
pub(super) fn number() -> u64 {
    secret().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
