//! The compressed edition: a stream of zlib (RFC 1950), as the standard says, or of gzip (RFC 1952), as CDISC's own
//! examples have it.
//!
//! The stream is followed as it is read, so that what it expands to is never held as a whole.

use std::io::{BufReader, Error, ErrorKind, Read};

use flate2::{Decompress, FlushDecompress, Status};

use super::{DatasetFile, lines};
use crate::data::MAX_BYTES;
use crate::data::table::Table;
use crate::error::Finding;

/// A stream that expands to more than this and to more than [`MOST`] times its size is refused. Datasets of trials
/// expand 5 to 60 times.
const AT_EASE: u64 = 256 << 20;
const MOST: u64 = 200;

/// Reads a compressed dataset.
pub(super) fn read(file: &DatasetFile, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    let Some(stream) = Inflate::new(bytes) else {
        let finding = Finding::error(file.here(), "the file is not compressed Dataset-JSON: neither zlib nor gzip");
        return Err(vec![match bytes.first() {
            Some(b'{') => finding.hint("it begins as JSON does: say format = \"ndjson\" or \"json\""),
            _ => finding,
        }]);
    };
    let mut source = BufReader::with_capacity(1 << 16, stream);
    let table = lines::read(file, &mut source)?;
    let rest = source.into_inner().rest.len();
    if rest == 0 {
        return Ok(table);
    }
    Err(vec![Finding::error(file.here(), format!("{rest} bytes stand behind the end of the compressed stream"))])
}

/// Follows one compressed stream to its end. Its checksum is compared there, and an end that is missing is an error:
/// the reader of flate2 takes a zlib stream that was cut off for a short one.
struct Inflate<'a> {
    engine: Decompress,
    rest: &'a [u8],
    size: u64,
    ended: bool,
}

impl<'a> Inflate<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let engine = match bytes {
            [0x1f, 0x8b, ..] => Decompress::new_gzip(15),
            [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0 => {
                Decompress::new(true)
            }
            _ => return None,
        };
        Some(Self { engine, rest: bytes, size: bytes.len() as u64, ended: false })
    }
}

impl Read for Inflate<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        while !self.ended && !buffer.is_empty() {
            let (read, written) = (self.engine.total_in(), self.engine.total_out());
            let status = self
                .engine
                .decompress(self.rest, buffer, FlushDecompress::None)
                .map_err(|_| Error::new(ErrorKind::InvalidData, "the compressed stream is damaged"))?;
            let taken = self.engine.total_in() - read;
            let given = self.engine.total_out() - written;
            self.rest = usize::try_from(taken).ok().and_then(|taken| self.rest.get(taken..)).unwrap_or_default();
            self.ended = status == Status::StreamEnd;
            let total = self.engine.total_out();
            if total > MAX_BYTES || total > AT_EASE && total / MOST > self.size {
                let message = format!("the file expands to more than {MOST} times its size");
                return Err(Error::new(ErrorKind::FileTooLarge, message));
            }
            if given > 0 {
                return usize::try_from(given).map_err(Error::other);
            }
            if taken == 0 && !self.ended {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the compressed stream is cut off"));
            }
        }
        Ok(0)
    }
}
