//! PDF files written by hand, for leaks that no program of ours makes.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A page with a line of text, and what a test adds to it.
pub(super) struct Paper {
    /// More keys of the catalogue.
    pub(super) catalog: String,
    /// More keys of the page.
    pub(super) page: String,
    /// The content stream.
    pub(super) content: Vec<u8>,
    /// The font F1.
    pub(super) font: String,
    /// More keys of the resources.
    pub(super) resources: String,
    /// More objects: number, and what stands between `obj` and `endobj`.
    pub(super) more: Vec<(u32, Vec<u8>)>,
    /// More keys of the trailer.
    pub(super) trailer: String,
    /// What stands between the objects and the table of cross-references.
    pub(super) between: String,
    /// Objects of an update that replaces earlier ones.
    pub(super) update: Vec<(u32, Vec<u8>)>,
}

/// A font whose codes are letters and whose widths are known.
pub(super) fn plain_font() -> String {
    let widths = ["500"; 224].join(" ");
    format!(
        "<< /Type /Font /Subtype /TrueType /BaseFont /Sans /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255 \
         /Widths [{widths}] >>"
    )
}

/// Text that is there in every file, so that a page is never empty.
pub(super) const LINE: &str = "BT /F1 12 Tf 72 700 Td (All participants) Tj ET\n";

impl Default for Paper {
    fn default() -> Self {
        Self {
            catalog: String::new(),
            page: String::new(),
            content: LINE.as_bytes().to_vec(),
            font: plain_font(),
            resources: String::new(),
            more: Vec::new(),
            trailer: String::new(),
            between: String::new(),
            update: Vec::new(),
        }
    }
}

impl Paper {
    /// The file: objects, table, trailer, and the update with its own.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut objects = vec![
            (1, format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalog).into_bytes()),
            (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec()),
            (
                3,
                format!(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
                     /Resources << /Font << /F1 5 0 R >> {} >> {} >>",
                    self.resources, self.page
                )
                .into_bytes(),
            ),
            (4, packed(&self.content)),
            (5, self.font.clone().into_bytes()),
        ];
        objects.extend(self.more.iter().cloned());
        let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        write_revision(&mut file, &objects, &self.between, &self.trailer);
        if !self.update.is_empty() {
            write_revision(&mut file, &self.update, "", &self.trailer);
        }
        file
    }
}

fn write_revision(file: &mut Vec<u8>, objects: &[(u32, Vec<u8>)], between: &str, trailer: &str) {
    let mut table = String::new();
    for (number, body) in objects {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n").into_bytes());
        file.extend(body);
        file.extend(b"\nendobj\n");
    }
    file.extend(between.as_bytes());
    let start = file.len();
    file.extend(format!("xref\n{table}trailer\n<< /Size 99 /Root 1 0 R {trailer} >>\n").into_bytes());
    file.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
}

/// Bytes in the zlib format.
pub(super) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes all bytes");
    encoder.finish().expect("memory takes all bytes")
}

/// A stream with keys and these bytes as they are.
pub(super) fn stream(keys: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = format!("<< {keys} /Length {} >>\nstream\n", bytes.len()).into_bytes();
    body.extend(bytes);
    body.extend(b"\nendstream");
    body
}

/// A packed stream without further keys.
pub(super) fn packed(bytes: &[u8]) -> Vec<u8> {
    packed_as("", bytes)
}

/// A packed stream with keys.
pub(super) fn packed_as(keys: &str, bytes: &[u8]) -> Vec<u8> {
    stream(&format!("/Filter /FlateDecode {keys}"), &zlib(bytes))
}

/// The text as a string of UTF-16.
pub(super) fn utf16(text: &str) -> String {
    let digits: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<Vec<_>>().concat();
    format!("<FEFF{digits}>")
}

/// A page with this content behind its line.
pub(super) fn with_content(content: &str) -> Vec<u8> {
    Paper { content: format!("{LINE}{content}").into_bytes(), ..Paper::default() }.bytes()
}

/// A page with these further keys of the catalogue, and objects from 10 on.
pub(super) fn with_catalog(catalog: &str, more: &[String]) -> Vec<u8> {
    let more = (10..).zip(more.iter().map(|body| body.clone().into_bytes())).collect();
    Paper { catalog: catalog.to_owned(), more, ..Paper::default() }.bytes()
}

/// A page with these further keys, and objects from 10 on.
pub(super) fn with_page(page: &str, more: &[String]) -> Vec<u8> {
    let more = (10..).zip(more.iter().map(|body| body.clone().into_bytes())).collect();
    Paper { page: page.to_owned(), more, ..Paper::default() }.bytes()
}

/// Document information with these keys.
pub(super) fn with_info(info: &str) -> Vec<u8> {
    let more = vec![(10, format!("<< {info} >>").into_bytes())];
    Paper { trailer: "/Info 10 0 R".to_owned(), more, ..Paper::default() }.bytes()
}

/// An object that nothing refers to, with what stands between `obj` and `endobj`.
pub(super) fn with_object(body: Vec<u8>) -> Vec<u8> {
    Paper { more: vec![(10, body)], ..Paper::default() }.bytes()
}
