//! Files that hold others, by their first bytes: what is packed is unpacked and searched, what cannot be unpacked is told.

use std::io::Read;

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use super::hunt::Hunt;
use super::{parquet, pdf, png, zip};

/// How a format begins, and its name.
type Signature = (&'static [u8], &'static str);

/// Formats that are packed in a way that is not undone here.
const CLOSED: &[Signature] = &[
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"Rar!", "rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or an encrypted new one"),
    (b"PARE", "encrypted Parquet"),
    (b"ARROW1", "Arrow"),
    (b"ORC", "ORC"),
    (b"\x89HDF", "HDF5"),
    (b"wOF2", "a packed font (WOFF2)"),
    (b"wOFF", "a packed font (WOFF)"),
    (b"age-encryption.org/", "an encrypted file"),
    (b"-----BEGIN PGP MESSAGE", "an encrypted message"),
    (b"Salted__", "an encrypted file"),
    (b"\x5d\0\0\x80\0\xff\xff\xff\xff", "lzma"),
    (b"\x1f\x9d\x90", "compress"),
    (b"fLaC", "sound"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
];

/// Pictures: what is written beside the pixels is searched, the pixels are not read.
const PICTURES: &[&[u8]] =
    &[b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"];

/// Formats that may begin anywhere in a file of another format.
const CARVED: [&[u8]; 4] = [b"%PDF-", png::SIGNATURE, zip::MEMBER, b"\x1f\x8b\x08"];

/// What is packed in a way that is not undone, by bytes so many that they do not stand together by chance; for bzip2 they
/// follow its four first ones.
const EMBEDDED: &[Signature] = &[
    (b"1AY&SY", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document or an encrypted new one"),
    (b"-----BEGIN PGP MESSAGE", "an encrypted message"),
];

/// How a zstd stream begins.
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
/// The head of a gzip stream, with name and comment, ends before this.
const HEAD: usize = 4096;

/// Whether these are the first bytes of a container.
pub(super) fn is_known(bytes: &[u8]) -> bool {
    CARVED.iter().any(|start| bytes.starts_with(start))
        || bytes.starts_with(ZSTD)
        || bytes.starts_with(b"PAR1")
        || is_zlib(bytes)
        || closed(bytes).is_some()
}

fn closed(bytes: &[u8]) -> Option<&'static str> {
    // A text may begin with a few letters of a signature; sas7bdat says within that it is packed.
    let packed = bytes.len() > 288
        && bytes[..32].windows(4).any(|four| four == b"\xc2\xea\x81\x60")
        && bytes.windows(8).any(|eight| matches!(eight, b"SASYZCRL" | b"SASYZCR2"));
    if packed {
        return Some("a packed SAS data set");
    }
    let binary = |signature: &[u8]| signature.len() > 3 || bytes.iter().take(64).any(|byte| *byte == 0 || *byte > 0x7f);
    CLOSED.iter().find(|(start, _)| bytes.starts_with(start) && binary(start)).map(|(_, name)| *name)
}

/// Opens the bytes if they are a container and searches what is in it. Gives the bytes that are still to be searched as
/// they are.
pub(super) fn open<'b>(hunt: &mut Hunt<'_>, channel: &str, bytes: &'b [u8]) -> &'b [u8] {
    if let Some(start) = pdf_start(bytes) {
        hunt.inside(channel, |hunt| pdf::search(hunt, &bytes[start..]));
        return &bytes[..start];
    }
    if bytes.starts_with(zip::MEMBER) || bytes.starts_with(zip::EMPTY) {
        hunt.inside(channel, |hunt| zip::search(hunt, bytes));
    } else if bytes.starts_with(b"\x1f\x8b") {
        let whole = unpack(hunt, channel, "gzip stream", bytes, MultiGzDecoder::new(bytes), true);
        // In front of the packed bytes there may be a name.
        return if whole { &bytes[..bytes.len().min(HEAD)] } else { bytes };
    } else if bytes.starts_with(ZSTD) {
        match zstd::stream::read::Decoder::new(bytes) {
            Ok(decoder) => _ = unpack(hunt, channel, "zstd stream", bytes, decoder, true),
            Err(_) => hunt.unread(channel, "the zstd stream is damaged"),
        }
    } else if is_zlib(bytes) {
        unpack(hunt, channel, "zlib stream", bytes, ZlibDecoder::new(bytes), false);
    } else if bytes.starts_with(b"PAR1") {
        hunt.inside(channel, |hunt| parquet::search(hunt, bytes));
    } else if let Some(name) = closed(bytes) {
        hunt.unread(channel, format!("it is {name}, which is not unpacked"));
    } else {
        if bytes.starts_with(png::SIGNATURE) {
            hunt.inside(channel, |hunt| png::search(hunt, bytes));
        }
        hunt.counts.pictures += usize::from(bytes.starts_with(png::SIGNATURE) || is_picture(bytes));
        carve(hunt, channel, bytes);
    }
    bytes
}

fn is_picture(bytes: &[u8]) -> bool {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let known = PICTURES.iter().any(|start| bytes.starts_with(start));
    // “BM” may begin a text.
    webp || known && (!bytes.starts_with(b"BM") || bytes.get(6..10) == Some(&[0; 4]))
}

/// A PDF may have a kilobyte of something else before it.
fn pdf_start(bytes: &[u8]) -> Option<usize> {
    bytes[..bytes.len().min(1024)].windows(5).position(|five| five == b"%PDF-")
}

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, flags, _, ..] if (0x7800 + u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0)
}

/// Containers that begin later: appended to a picture, within a tape archive or a memory image. What begins like one and
/// is none is not told.
fn carve(hunt: &mut Hunt<'_>, channel: &str, bytes: &[u8]) {
    for (start, name) in EMBEDDED {
        if bytes.windows(start.len()).any(|here| here == *start) {
            hunt.unread(channel, format!("{name} begins within it, which is not unpacked"));
        }
    }
    for start in CARVED {
        let mut from = 1;
        while let Some(at) = bytes.get(from..).and_then(|rest| rest.windows(start.len()).position(|here| here == start))
        {
            let rest = &bytes[from + at..];
            let name = format!("file that begins within {channel}");
            match start {
                b"%PDF-" => hunt.inside(&name, |hunt| pdf::search(hunt, rest)),
                b"\x1f\x8b\x08" => _ = unpack(hunt, &name, "gzip stream", rest, MultiGzDecoder::new(rest), false),
                zip::MEMBER => hunt.inside(&name, |hunt| zip::search(hunt, rest)),
                _ => hunt.inside(&name, |hunt| png::search(hunt, rest)),
            }
            // An archive and a PDF were read to their ends.
            if matches!(start, b"%PDF-" | zip::MEMBER) {
                break;
            }
            from += at + start.len();
        }
    }
}

/// Unpacks a stream and searches what is in it; whether all of it could be unpacked. Of one that is `certain` to be such a
/// stream damage is told, of another one only if it began well.
pub(super) fn unpack(
    hunt: &mut Hunt<'_>,
    channel: &str,
    kind: &str,
    packed: &[u8],
    decoder: impl Read,
    certain: bool,
) -> bool {
    let limit = hunt.left();
    let (content, whole) = read(decoder, limit);
    if !whole && (certain || content.len() > 64) {
        let why = if content.len() >= limit { "holds more than can be searched" } else { "is damaged" };
        hunt.unread(channel, format!("the {kind} of {} bytes {why}", packed.len()));
    }
    if !content.is_empty() {
        hunt.unpacked(content.len());
        hunt.inside(channel, |hunt| hunt.blob(kind, &content));
    }
    whole
}

/// Reads a stream to its end, to damage, or to the limit; whether to its end.
pub(super) fn read(mut decoder: impl Read, limit: usize) -> (Vec<u8>, bool) {
    let mut content = Vec::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match decoder.read(&mut piece) {
            Ok(0) => return (content, true),
            Ok(_) if content.len() >= limit => return (content, false),
            Ok(count) => content.extend_from_slice(&piece[..count]),
            Err(_) => return (content, false),
        }
    }
}
