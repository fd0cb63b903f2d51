//! The filters of streams.

use flate2::read::{DeflateDecoder, ZlibDecoder};
use weezl::BitOrder;

use super::object::Value;
use crate::scan::container::read;
use crate::scan::encoded::nibble;

/// A stream without its filters.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The bytes, as far as they could be had.
    pub(super) bytes: Vec<u8>,
    /// Why not all could be had.
    pub(super) fault: Option<String>,
    /// Whether the bytes are a picture in a format of pictures.
    pub(super) picture: bool,
}

/// A filter with its parameters.
pub(super) type Filter = (Vec<u8>, Value);

/// Undoes the filters in their order. At most so many bytes are had.
pub(super) fn undo(packed: &[u8], filters: &[Filter], limit: usize) -> Content {
    let mut content = Content { bytes: packed.to_vec(), ..Content::default() };
    for (name, parameters) in filters {
        let (bytes, whole) = match name.as_slice() {
            b"FlateDecode" | b"Fl" => flate(&content.bytes, limit),
            b"LZWDecode" | b"LZW" => lzw(&content.bytes, parameters, limit),
            b"ASCIIHexDecode" | b"AHx" => (hexadecimal(&content.bytes), true),
            b"ASCII85Decode" | b"A85" => ascii85(&content.bytes),
            b"RunLengthDecode" | b"RL" => run_length(&content.bytes, limit),
            b"DCTDecode" | b"DCT" | b"JPXDecode" | b"CCITTFaxDecode" | b"CCF" | b"JBIG2Decode" => {
                content.picture = true;
                return content;
            }
            b"Crypt" => {
                content.fault = Some("the stream is encrypted".to_owned());
                return content;
            }
            _ => {
                content.fault = Some("the stream has a filter that is not known".to_owned());
                return content;
            }
        };
        content.bytes = bytes;
        if !whole {
            let too_much = content.bytes.len() >= limit;
            let why = if too_much { "the stream holds more than can be searched" } else { "the stream is damaged" };
            content.fault = Some(why.to_owned());
            return content;
        }
        if matches!(name.as_slice(), b"FlateDecode" | b"Fl" | b"LZWDecode" | b"LZW") {
            let Some(bytes) = predicted(&content.bytes, parameters) else {
                content.fault = Some("the stream has a predictor that is not undone".to_owned());
                return content;
            };
            content.bytes = bytes;
        }
    }
    content
}

fn flate(packed: &[u8], limit: usize) -> (Vec<u8>, bool) {
    if packed.is_empty() {
        return (Vec::new(), true);
    }
    let (bytes, whole) = read(ZlibDecoder::new(packed), limit);
    if whole || !bytes.is_empty() {
        return (bytes, whole);
    }
    // Some writers leave out the head of the stream.
    read(DeflateDecoder::new(packed), limit)
}

fn lzw(packed: &[u8], parameters: &Value, limit: usize) -> (Vec<u8>, bool) {
    let early = parameters.get("EarlyChange").and_then(Value::number) != Some(0.0);
    let new = if early { weezl::decode::Decoder::with_tiff_size_switch } else { weezl::decode::Decoder::new };
    let mut out = Vec::new();
    let result = new(BitOrder::Msb, 8).into_vec(&mut out).decode_all(packed);
    let whole = result.status.is_ok() && out.len() < limit;
    out.truncate(limit);
    (out, whole)
}

fn hexadecimal(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text.iter().take_while(|byte| **byte != b'>').filter_map(|byte| nibble(*byte)).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

fn ascii85(text: &[u8]) -> (Vec<u8>, bool) {
    let text = text.strip_prefix(b"<~").unwrap_or(text);
    let mut out = Vec::new();
    let mut group: Vec<u64> = Vec::new();
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != 0) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u64::from(byte - b'!')),
            _ => return (out, false),
        }
        if group.len() == 5 {
            out.extend(of_group(&group));
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        out.extend(of_group(&group).into_iter().take(kept));
    }
    (out, true)
}

fn of_group(digits: &[u64]) -> Vec<u8> {
    let value = digits.iter().fold(0, |value, digit| value * 85 + digit);
    value.to_be_bytes()[4..].to_vec()
}

fn run_length(packed: &[u8], limit: usize) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(length) = packed.get(at).map(|length| usize::from(*length)) {
        if length == 128 || out.len() > limit {
            return (out, length == 128);
        }
        if length < 128 {
            let Some(run) = packed.get(at + 1..at + 2 + length) else { return (out, false) };
            out.extend_from_slice(run);
            at += length + 2;
        } else {
            let Some(byte) = packed.get(at + 1) else { return (out, false) };
            out.extend(std::iter::repeat_n(*byte, 257 - length));
            at += 2;
        }
    }
    (out, true)
}

/// Undoes the predictor that the parameters name; none if it is one of samples that are no bytes.
fn predicted(bytes: &[u8], parameters: &Value) -> Option<Vec<u8>> {
    let of = |key: &str, absent: usize| parameters.get(key).and_then(Value::count).unwrap_or(absent);
    let (predictor, colours, bits) = (of("Predictor", 1), of("Colors", 1).min(64), of("BitsPerComponent", 8).min(32));
    let row = (of("Columns", 1).min(1 << 24) * colours * bits).div_ceil(8);
    let pixel = (colours * bits).div_ceil(8);
    let bytes = bytes.to_vec();
    Some(match predictor {
        0 | 1 => bytes,
        2 if bits == 8 => {
            let mut bytes = bytes;
            for line in bytes.chunks_mut(row.max(1)) {
                for at in pixel..line.len() {
                    line[at] = line[at].wrapping_add(line[at - pixel]);
                }
            }
            bytes
        }
        2 => return None,
        _ => png_rows(&bytes, row, pixel),
    })
}

fn png_rows(bytes: &[u8], row: usize, pixel: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; row];
    for line in bytes.chunks(row + 1) {
        let mut current = vec![0_u8; row];
        for (at, byte) in line[1..].iter().enumerate() {
            let left = if at >= pixel { current[at - pixel] } else { 0 };
            let corner = if at >= pixel { above[at - pixel] } else { 0 };
            let guess = match line[0] {
                1 => left,
                2 => above[at],
                3 => left.midpoint(above[at]),
                4 => paeth(left, above[at], corner),
                _ => 0,
            };
            current[at] = byte.wrapping_add(guess);
        }
        out.extend_from_slice(&current[..line.len() - 1]);
        above = current;
    }
    out
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let guess = a + b - c;
    let (to_a, to_b, to_c) = ((guess - a).abs(), (guess - b).abs(), (guess - c).abs());
    if to_a <= to_b && to_a <= to_c {
        left
    } else if to_b <= to_c {
        above
    } else {
        corner
    }
}
