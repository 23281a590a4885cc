//! Unique identifiers derived by hash, so that the same input gives the same identifiers.

use sha2::{Digest, Sha256};

/// A UID under `2.25.` (a UUID as a decimal number, DICOM PS3.5 B.2), from a hash of `parts`.
pub(super) fn derived(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\u{1f}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    // Version 8 (free form) and variant bits of a UUID, as RFC 9562 wants them.
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    format!("2.25.{}", u128::from_be_bytes(bytes))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first eight digits of the hash of an identifier: enough to tell series apart, not enough to find the patient.
pub(super) fn short(uid: &str) -> String {
    hex(&Sha256::digest(uid.as_bytes())[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_uids_are_valid_stable_and_distinct() {
        let uid = derived(&["study", "1"]);
        assert_eq!(uid, derived(&["study", "1"]));
        assert_ne!(uid, derived(&["study1", ""]));
        assert!(uid.len() <= 64 && uid.starts_with("2.25.") && !uid.starts_with("2.25.0"));
    }
}
