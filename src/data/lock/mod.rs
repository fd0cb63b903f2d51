//! The lock: the manifest of what the data were, the canonical order with its digests, and the gate that holds files
//! against the manifest.

mod canonical;
mod gate;
mod manifest;

pub(super) use canonical::{Canonical, canonical};
#[cfg(test)]
pub(super) use gate::digested;
pub use gate::{lock, open};
pub use manifest::{Lock, LockEntry, LockedVariable};
