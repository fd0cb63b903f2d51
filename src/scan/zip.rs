//! Zip archives, of which documents of offices and of R are some. Every member that begins anywhere is opened, those too
//! that the directory at the end does not list. Channels name members by number: their names may be what is searched for,
//! and are searched themselves.

use std::collections::BTreeMap;

use flate2::read::DeflateDecoder;

use super::container;
use super::hunt::Hunt;

/// How a member begins.
pub(super) const MEMBER: &[u8] = b"PK\x03\x04";
/// An archive without members.
pub(super) const EMPTY: &[u8] = b"PK\x05\x06";
/// How an entry of the directory begins.
const ENTRY: &[u8] = b"PK\x01\x02";

/// Searches the members of an archive.
pub(super) fn search(hunt: &mut Hunt<'_>, bytes: &[u8]) {
    let sizes = directory(bytes);
    let mut at = 0;
    let mut number = 0;
    while let Some(found) = bytes[at..].windows(4).position(|four| four == MEMBER) {
        let start = at + found;
        let Some(member) = Member::at(bytes, start, &sizes) else {
            at = start + 4;
            continue;
        };
        number += 1;
        let end = member.search(hunt, &format!("member {number} of the archive"));
        at = start + end.max(4);
    }
}

/// Sizes of packed members by the places at which they begin, as the directory has them.
fn directory(bytes: &[u8]) -> BTreeMap<usize, usize> {
    let mut sizes = BTreeMap::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(4).position(|four| four == ENTRY) {
        let entry = &bytes[at + found..];
        if let (Some(size), Some(start)) = (quad(entry, 20), quad(entry, 42)) {
            sizes.insert(start, size);
        }
        at += found + 4;
    }
    sizes
}

fn pair(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 2).map(|two| usize::from(u16::from_le_bytes([two[0], two[1]])))
}

fn quad(bytes: &[u8], at: usize) -> Option<usize> {
    Some(pair(bytes, at)? | pair(bytes, at + 2)? << 16)
}

struct Member<'a> {
    flags: usize,
    method: usize,
    name: &'a [u8],
    /// The bytes from the content to the end of the archive.
    rest: &'a [u8],
    /// Size of the packed content, if it is known.
    size: Option<usize>,
    /// Where the content begins, from the beginning of the member.
    head: usize,
}

impl<'a> Member<'a> {
    fn at(bytes: &'a [u8], start: usize, sizes: &BTreeMap<usize, usize>) -> Option<Self> {
        let here = &bytes[start..];
        let (flags, method) = (pair(here, 6)?, pair(here, 8)?);
        let name = here.get(30..30 + pair(here, 26)?)?;
        let head = 30 + pair(here, 26)? + pair(here, 28)?;
        let rest = here.get(head..)?;
        let own = quad(here, 18).filter(|size| flags & 8 == 0 && *size < 0xffff_ffff);
        let size = own.or_else(|| sizes.get(&start).copied().filter(|size| *size < 0xffff_ffff));
        Some(Self { flags, method, name, rest, size: size.filter(|size| *size <= rest.len()), head })
    }

    /// Searches the member; gives where it ends, from its beginning.
    fn search(&self, hunt: &mut Hunt<'_>, channel: &str) -> usize {
        let (name, _) = super::encoded::lossy(self.name);
        hunt.text(&format!("name of {channel}"), "", &name);
        let packed = self.size.map_or(self.rest, |size| &self.rest[..size]);
        let known = self.head + self.size.unwrap_or(0);
        match self.method {
            _ if self.flags & 1 != 0 => {
                hunt.unread(channel, "the member is encrypted");
                known
            }
            0 if self.size.is_none() => {
                hunt.unread(channel, "the size of the member is not known");
                known
            }
            0 => {
                hunt.unpacked(packed.len());
                hunt.blob(channel, packed);
                known
            }
            8 => {
                let mut decoder = DeflateDecoder::new(packed);
                let whole = container::unpack(hunt, channel, "content", packed, &mut decoder, true);
                let taken = usize::try_from(decoder.total_in()).unwrap_or(usize::MAX);
                if whole { self.head + taken.min(packed.len()) } else { known }
            }
            93 => {
                match zstd::stream::read::Decoder::new(packed) {
                    Ok(decoder) => _ = container::unpack(hunt, channel, "content", packed, decoder, true),
                    Err(_) => hunt.unread(channel, "the member is damaged"),
                }
                known
            }
            method => {
                hunt.unread(channel, format!("the member is packed by method {method}, which is not undone"));
                known
            }
        }
    }
}
