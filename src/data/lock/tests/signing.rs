//! Signatures, both ways against OpenSSH.

#![expect(clippy::print_stderr, reason = "that ssh-keygen is absent must be heard")]

use std::fs::File;
use std::process::{Command, Output, Stdio};

use super::super::signature::{NAMESPACE, Trust, sign, verify};
use super::*;

const LOCK: &str = "version = 2\nstudy = \"ABC-1\"\n";
const DAY: &str = "2026-01-31";

fn keygen(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let ran = Command::new("ssh-keygen").args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    if ran.is_err() {
        eprintln!("NOT TESTED: ssh-keygen is absent, so no signature was held against OpenSSH");
    }
    ran.ok()
}

/// A scratch folder with two keys, `one` and `two`; none without ssh-keygen.
fn keys() -> Option<TempDir> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for name in ["one", "two"] {
        let made = keygen(folder.path(), &["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name])?;
        assert!(made.status.success(), "{made:?}");
    }
    std::fs::write(folder.path().join("data.lock"), LOCK).expect("a scratch file");
    Some(folder)
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("a scratch file")
}

fn trust(line: &str, folder: &Path) -> Trust {
    let key = text(folder, "one.pub");
    Trust {
        signers: format!("# signers\n\n{line} {key}"),
        origin: "allowed_signers".into(),
        identity: "a@b.org".into(),
    }
}

#[test]
fn openssh_verifies_what_we_sign() {
    let Some(folder) = keys() else { return };
    let folder = folder.path();
    let signature = sign(LOCK, &text(folder, "one"), "one").expect("a key");
    assert_eq!(sign(LOCK, &text(folder, "one"), "one").expect("a key"), signature, "the same bytes again");
    std::fs::write(folder.join("data.lock.sig"), &signature).expect("a scratch file");
    std::fs::write(folder.join("allowed"), format!("a@b.org {}", text(folder, "one.pub"))).expect("a scratch file");
    let verified = |bytes: &str, namespace: &str| {
        std::fs::write(folder.join("read"), bytes).expect("a scratch file");
        let input = File::open(folder.join("read")).expect("a scratch file");
        let arguments = ["-Y", "verify", "-f", "allowed", "-I", "a@b.org", "-n", namespace, "-s", "data.lock.sig"];
        let mut command = Command::new("ssh-keygen");
        command.args(arguments).current_dir(folder).stdin(input).output().expect("ssh-keygen is here")
    };
    let good = verified(LOCK, NAMESPACE);
    assert!(good.status.success(), "{good:?}");
    assert!(!verified(&LOCK.replace('1', "2"), NAMESPACE).status.success(), "an altered lock");
    assert!(!verified(LOCK, "file").status.success(), "another purpose");
}

#[test]
fn we_verify_what_openssh_signs() {
    let Some(folder) = keys() else { return };
    let folder = folder.path();
    let signed = |key: &str, namespace: &str| {
        _ = std::fs::remove_file(folder.join("data.lock.sig"));
        let made =
            keygen(folder, &["-Y", "sign", "-f", key, "-n", namespace, "data.lock"]).expect("ssh-keygen is here");
        assert!(made.status.success(), "{made:?}");
        text(folder, "data.lock.sig")
    };
    let signature = signed("one", NAMESPACE);
    for line in [
        "a@b.org",
        "x@y.org,a@b.org",
        "*@b.org",
        "a@b.org namespaces=\"file,trialpress-*\"",
        "a@b.org valid-after=\"20260131\",valid-before=\"20260201\"",
        "\"a@b.org\" valid-before=20260201120000Z",
    ] {
        assert_eq!(verify(LOCK, Some(&signature), &trust(line, folder), DAY), Ok(()), "{line}");
    }
    for (line, expected) in [
        ("x@y.org", "allowed_signers: error: a@b.org has no key among the allowed signers"),
        ("*,!a@b.org", "has no key among the allowed signers"),
        ("a@b.org cert-authority", "has no key among the allowed signers"),
        ("a@b.org namespaces=\"file\"", "signed by a key that is not one of a@b.org"),
        ("a@b.org valid-before=\"20260131\"", "the key of a@b.org was not valid on the day of the lock, 2026-01-31"),
        ("a@b.org valid-after=\"20260201\"", "was not valid on the day of the lock"),
        ("a@b.org valid-after=\"soon\"", "allowed_signers:3:1: error: this is not a time: soon"),
        ("a@b.org no-such-option", "allowed_signers:3:1: error: unknown option no-such-option"),
        ("a@b.org namespaces=\"file", "allowed_signers:3:1: error: a quote is not closed"),
    ] {
        let told = refused(verify(LOCK, Some(&signature), &trust(line, folder), DAY));
        assert!(told.contains(expected), "{line}: {expected}\n{told}");
    }
    let good = trust("a@b.org", folder);
    for (lock, signature, expected) in [
        (LOCK, None, "the lock is not signed, and must be by a@b.org\n    hint: trialpress lock STUDY --sign KEYFILE"),
        ("version = 2\n", Some(signature.clone()), "the signature is not of this data.lock"),
        (LOCK, Some(signature.replace("SSH SIGNATURE", "SIGNATURE")), "this is not an OpenSSH signature"),
        (LOCK, Some(signature[..200].to_owned()), "this is not an OpenSSH signature"),
        (LOCK, Some(String::new()), "this is not an OpenSSH signature"),
        (LOCK, Some(signed("two", NAMESPACE)), "signed by a key that is not one of a@b.org"),
        (LOCK, Some(signed("one", "file")), "the signature is for \"file\", not for \"trialpress-lock\""),
    ] {
        let told = refused(verify(lock, signature.as_deref(), &good, DAY));
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn keys_that_cannot_sign_are_refused() {
    assert!(refused(sign(LOCK, "", "key")).contains("key: error: this is not a private key"));
    let Some(folder) = keys() else { return };
    let folder = folder.path();
    keygen(folder, &["-q", "-t", "ed25519", "-N", "secret", "-f", "closed"]).expect("ssh-keygen is here");
    let told = refused(sign(LOCK, &text(folder, "closed"), "closed"));
    assert!(told.contains("the key is encrypted"), "{told}");
    assert!(refused(sign(LOCK, &text(folder, "one.pub"), "one.pub")).contains("this is not a private key"));
    keygen(folder, &["-q", "-t", "ecdsa", "-N", "", "-f", "other"]).expect("ssh-keygen is here");
    assert!(sign(LOCK, &text(folder, "other"), "other").is_err());
}
