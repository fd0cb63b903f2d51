//! Which build of the program this is: told in `provenance.json`, and never on a page, so that two builds of one version
//! set the same report to the same bytes.

#![expect(clippy::disallowed_methods, reason = "the program reads itself")]

use std::env::consts;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::pipeline::hex;
use crate::results::Built;

/// What is said of what `make dist` has not told the compiler.
const UNKNOWN: &str = "unknown";

/// This build. `make dist` says commit, profile and compiler; a build without it says that they are unknown.
pub(super) fn this() -> &'static Built {
    static THIS: OnceLock<Built> = OnceLock::new();
    THIS.get_or_init(|| Built {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: option_env!("TRIALPRESS_COMMIT").unwrap_or("unknown commit").to_owned(),
        target: target(),
        features: features(),
        profile: option_env!("TRIALPRESS_PROFILE").unwrap_or(UNKNOWN).to_owned(),
        compiler: option_env!("TRIALPRESS_COMPILER").unwrap_or(UNKNOWN).to_owned(),
        executable: own_digest(Path::new("/proc/self/exe")).ok(),
    })
}

/// The target as the compiler names it: `x86_64-unknown-linux-gnu`.
fn target() -> String {
    let vendor = ["apple", "pc", "unknown"].into_iter().zip([
        cfg!(target_vendor = "apple"),
        cfg!(target_vendor = "pc"),
        cfg!(target_vendor = "unknown"),
    ]);
    let vendor = vendor.filter(|(_, is)| *is).map(|(name, _)| name).next().unwrap_or(UNKNOWN);
    let system = if consts::OS == "macos" { "darwin" } else { consts::OS };
    let library = [("gnu", cfg!(target_env = "gnu")), ("musl", cfg!(target_env = "musl"))];
    let library = library.into_iter().filter(|(_, is)| *is).map(|(name, _)| name);
    [consts::ARCH, vendor, system].into_iter().chain(library).collect::<Vec<_>>().join("-")
}

/// Processor features the compiler was allowed to use, of those that could change a number or a speed.
fn features() -> Vec<String> {
    [
        ("avx", cfg!(target_feature = "avx")),
        ("avx2", cfg!(target_feature = "avx2")),
        ("avx512f", cfg!(target_feature = "avx512f")),
        ("fma", cfg!(target_feature = "fma")),
        ("neon", cfg!(target_feature = "neon")),
        ("sse2", cfg!(target_feature = "sse2")),
        ("sse4.2", cfg!(target_feature = "sse4.2")),
    ]
    .into_iter()
    .filter(|(_, is)| *is)
    .map(|(name, _)| name.to_owned())
    .collect()
}

/// SHA-256 of the program that runs; an error where the system does not show it.
fn own_digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    // Piece by piece: with all that is linked in, the program is larger than many a report needs of memory.
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// What two builds differ in, as `name: one / other`; nothing if they are the same.
pub(super) fn differences(one: &Built, other: &Built) -> Vec<String> {
    let facts = |built: &Built| {
        let features = built.features.join(" ");
        let executable = built.executable.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        let Built { version, commit, target, profile, compiler, .. } = built.clone();
        [
            ("version", version),
            ("commit", commit),
            ("target", target),
            ("processor features", features),
            ("profile", profile),
            ("compiler", compiler),
            ("SHA-256 of the executable", executable),
        ]
    };
    let both = facts(one).into_iter().zip(facts(other));
    both.filter(|(a, b)| a != b).map(|((name, a), (_, b))| format!("{name}: {a} / {b}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_names_itself_and_differs_in_what_differs() {
        let this = this();
        assert!(this.target.starts_with(consts::ARCH) && this.target.matches('-').count() >= 2, "{}", this.target);
        assert_eq!(this.executable.as_ref().map(String::len), Some(64));
        assert_eq!(differences(this, this), Vec::<String>::new());
        let other = Built { commit: "abc".to_owned(), executable: None, ..this.clone() };
        let told = differences(&other, this);
        assert_eq!(told[0], format!("commit: abc / {}", this.commit));
        assert!(told.len() == 2 && told[1].starts_with("SHA-256 of the executable: unknown / "), "{told:?}");
    }
}
