//! Pictures in PNG: what is written beside the pixels. Plain text chunks and EXIF are found in the bytes of the file; here
//! the packed ones are unpacked.

use flate2::read::ZlibDecoder;

use super::container;
use super::hunt::Hunt;

/// How a picture begins.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Searches the chunks of a picture, as far as they are whole.
pub(super) fn search(hunt: &mut Hunt<'_>, bytes: &[u8]) {
    let mut at = SIGNATURE.len();
    while let Some((kind, content)) = chunk(bytes, at) {
        at += content.len() + 12;
        match kind {
            b"tEXt" | b"eXIf" => hunt.bytes(if kind == b"tEXt" { "tEXt chunk" } else { "eXIf chunk" }, content),
            b"zTXt" => packed(hunt, "zTXt chunk", after_zeros(content, 1).and_then(|rest| rest.get(1..))),
            b"iCCP" => packed(hunt, "iCCP chunk", after_zeros(content, 1).and_then(|rest| rest.get(1..))),
            b"iTXt" => international(hunt, content),
            b"IEND" => break,
            _ => {}
        }
    }
}

fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
    let kind = bytes.get(at + 4..at + 8)?;
    let content = bytes.get(at + 8..)?.get(..usize::try_from(length).ok()?)?;
    Some((kind, content))
}

/// What follows so many zeros.
fn after_zeros(content: &[u8], zeros: usize) -> Option<&[u8]> {
    (0..zeros).try_fold(content, |rest, _| rest.get(rest.iter().position(|byte| *byte == 0)? + 1..))
}

fn packed(hunt: &mut Hunt<'_>, channel: &str, stream: Option<&[u8]>) {
    match stream {
        Some(stream) => _ = container::unpack(hunt, channel, "zlib stream", stream, ZlibDecoder::new(stream), true),
        None => hunt.unread(channel, "the chunk is damaged"),
    }
}

/// Text with a flag of packing, a method, a language and a translated keyword.
fn international(hunt: &mut Hunt<'_>, content: &[u8]) {
    hunt.bytes("iTXt chunk", content);
    let Some(rest) = after_zeros(content, 1) else { return };
    if rest.first() == Some(&1) {
        packed(hunt, "iTXt chunk", rest.get(2..).and_then(|rest| after_zeros(rest, 2)));
    }
}
