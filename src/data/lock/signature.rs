//! Signatures of locks, in the format of OpenSSH: whoever has `ssh-keygen` can verify them without this program.
//!
//! `ssh-keygen -Y verify -f allowed_signers -I WHO -n trialpress-lock -s data.lock.sig < data.lock` says the same as
//! [`verify`]. The format is that of `PROTOCOL.sshsig` of OpenSSH, the file of allowed signers that of `ssh-keygen(1)`.
//! No I/O.

use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use crate::data::date;
use crate::error::{Error, Finding, Place, Stage};

/// What signatures of locks are for, so that none of another purpose can be taken for one.
pub const NAMESPACE: &str = "trialpress-lock";

/// Whose signature is asked for.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The text of the file of allowed signers.
    pub signers: String,
    /// The name of that file in messages.
    pub origin: String,
    /// Who must have signed, as that file names the person.
    pub identity: String,
}

/// Signs the text of a lock with an unencrypted Ed25519 key as `ssh-keygen -t ed25519` writes it; `origin` is the name of
/// the key file in messages. The signature is deterministic.
///
/// # Errors
/// When the key is none of these.
pub fn sign(lock: &str, key: &str, origin: &str) -> Result<String, Error> {
    let refused = |message: String| {
        let hint = "make a key with ssh-keygen -t ed25519 -N ''";
        Error::one(Stage::Lock, Finding::error(Place::file(origin), message).hint(hint))
    };
    let key = PrivateKey::from_openssh(key).map_err(|error| refused(format!("this is not a private key: {error}")))?;
    if key.is_encrypted() {
        return Err(refused("the key is encrypted, and nobody can be asked for its passphrase".to_owned()));
    }
    if key.algorithm() != Algorithm::Ed25519 {
        return Err(refused(format!("the key is {}, not ssh-ed25519", key.algorithm())));
    }
    let signed =
        key.sign(NAMESPACE, HashAlg::Sha512, lock.as_bytes()).and_then(|signature| signature.to_pem(LineEnding::LF));
    signed.map_err(|error| refused(format!("signing failed: {error}")))
}

/// Verifies the signature of a lock: it must be of these bytes, for this purpose, by a key that the allowed signers give
/// to that identity on the day of the lock. `signature` is the text of `data.lock.sig`, if there is one.
///
/// A key whose time is over can still sign a lock with an earlier day on it: the day is what the signer says.
///
/// # Errors
/// [`Stage::Lock`] when the signature is missing or wrong, or the file of allowed signers has faults.
pub fn verify(lock: &str, signature: Option<&str>, trust: &Trust, locked: &str) -> Result<(), Error> {
    let place = Place::file("data.lock.sig");
    let refused = |message: &str| Error::one(Stage::Lock, Finding::error(place.clone(), message));
    let Some(signature) = signature else {
        let finding = Finding::error(place, format!("the lock is not signed, and must be by {}", trust.identity));
        return Err(Error::one(Stage::Lock, finding.hint("trialpress lock STUDY --sign KEYFILE")));
    };
    let signature = SshSig::from_pem(signature).map_err(|_| refused("this is not an OpenSSH signature"))?;
    if signature.namespace() != NAMESPACE {
        let message = format!("the signature is for {:?}, not for {NAMESPACE:?}", signature.namespace());
        return Err(refused(&message));
    }
    let day = date::parse(locked).unwrap_or(i32::MAX);
    let (signers, findings) = allowed(&trust.signers, &trust.origin);
    Error::unless_clean(Stage::Lock, findings)?;
    let of_person: Vec<&Signer> =
        signers.iter().filter(|signer| matches(&signer.principals, &trust.identity)).collect();
    if of_person.is_empty() {
        let message = format!("{} has no key among the allowed signers", trust.identity);
        return Err(Error::one(Stage::Lock, Finding::error(Place::file(&trust.origin), message)));
    }
    let own = of_person.iter().filter(|signer| signer.key.key_data() == signature.public_key());
    let own: Vec<_> =
        own.filter(|signer| signer.namespaces.as_deref().is_none_or(|names| matches(names, NAMESPACE))).collect();
    let Some(signer) = own.iter().find(|signer| signer.after <= day && day < signer.before) else {
        return Err(if own.is_empty() {
            refused(&format!("the lock is signed by a key that is not one of {}", trust.identity))
        } else {
            refused(&format!("the key of {} was not valid on the day of the lock, {locked}", trust.identity))
        });
    };
    signer.key.verify(NAMESPACE, lock.as_bytes(), &signature).map_err(|_| {
        let finding = Finding::error(place, "the signature is not of this data.lock");
        Error::one(Stage::Lock, finding.hint("the lock was altered, or the signature is of another one"))
    })
}

/// A line of the file of allowed signers.
struct Signer {
    principals: String,
    namespaces: Option<String>,
    /// The first day of its time, in days since 1970-01-01.
    after: i32,
    /// The day after its last.
    before: i32,
    key: PublicKey,
}

/// Reads a file of allowed signers: `principals [options] key-type key [comment]`. Certificate authorities and keys other
/// than Ed25519 are passed over: none of our signatures is by one.
fn allowed(text: &str, origin: &str) -> (Vec<Signer>, Vec<Finding>) {
    let (mut signers, mut findings) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match signer(line) {
            Ok(signer) => signers.extend(signer),
            Err(message) => findings.push(Finding::error(Place::at(origin, at + 1, 1), message)),
        }
    }
    (signers, findings)
}

fn signer(line: &str) -> Result<Option<Signer>, String> {
    let words = words(line).ok_or("a quote is not closed")?;
    let [principals, rest @ ..] = words.as_slice() else { return Ok(None) };
    let is_type = |word: &String| ["ssh-", "ecdsa-", "sk-"].iter().any(|start| word.starts_with(start));
    let at = rest.iter().position(is_type).ok_or("there is no key on this line")?;
    let (mut namespaces, mut after, mut before) = (None, i32::MIN, i32::MAX);
    for option in rest[..at].iter().flat_map(|options| split_options(options)) {
        let (name, value) = option.split_once('=').unwrap_or((&option, ""));
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "cert-authority" => return Ok(None),
            "namespaces" => namespaces = Some(value.to_owned()),
            "valid-after" => after = day(value).ok_or_else(|| format!("this is not a time: {value}"))?,
            "valid-before" => before = day(value).ok_or_else(|| format!("this is not a time: {value}"))?,
            _ => return Err(format!("unknown option {name}")),
        }
    }
    if rest[at] != "ssh-ed25519" {
        return Ok(None);
    }
    let key = rest.get(at + 1).ok_or("there is no key on this line")?;
    let key = PublicKey::from_openssh(&format!("{} {key}", rest[at]))
        .map_err(|error| format!("this is not a key: {error}"))?;
    Ok(Some(Signer { principals: principals.trim_matches('"').to_owned(), namespaces, after, before, key }))
}

/// The words of a line; blanks within quotes do not part them. None if a quote is not closed.
fn words(line: &str) -> Option<Vec<String>> {
    parts(line, char::is_whitespace)
}

fn split_options(options: &str) -> Vec<String> {
    parts(options, |c| c == ',').unwrap_or_default()
}

fn parts(text: &str, separates: impl Fn(char) -> bool) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        if separates(c) && !quoted {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.retain(|part| !part.is_empty());
    (!quoted).then_some(parts)
}

/// The day of a time `YYYYMMDD[HHMM[SS]][Z]`, in days since 1970-01-01.
fn day(text: &str) -> Option<i32> {
    let digits = text.strip_suffix('Z').unwrap_or(text);
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    date::parse(&format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..8]))
}

/// Whether a list of patterns, with commas between, has the name: `*` and `?` stand for others, `!` takes away.
fn matches(patterns: &str, name: &str) -> bool {
    let mut found = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if is_like(pattern.as_bytes(), name.as_bytes()) => return false,
            Some(_) => {}
            None => found |= is_like(pattern.as_bytes(), name.as_bytes()),
        }
    }
    found
}

/// Without recursion: what follows the last `*` is tried at every place.
fn is_like(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut of, mut star) = (0, 0, None);
    while at < name.len() {
        match pattern.get(of) {
            Some(b'*') => {
                star = Some((of, at));
                of += 1;
            }
            Some(c) if *c == b'?' || *c == name[at] => (at, of) = (at + 1, of + 1),
            _ => match star {
                Some((of_star, at_star)) => {
                    star = Some((of_star, at_star + 1));
                    (at, of) = (at_star + 1, of_star + 1);
                }
                None => return false,
            },
        }
    }
    pattern[of..].iter().all(|c| *c == b'*')
}
