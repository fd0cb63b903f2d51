//! What cannot be read is told, and what can be read beside it is searched.

use super::files::{gzip, zip};
use super::paper::{LINE, Paper, packed_as, stream, with_content, with_object, zlib};
use super::{OTHER, WORD, search};

/// Something that cannot be read, and what is told of it.
type Closed = (&'static str, &'static str, fn(&str) -> Vec<u8>);

const CLOSED: [Closed; 17] = [
    ("encrypted PDF", "it is encrypted", |word| {
        let more = vec![(10, b"<< /Filter /Standard /V 4 >>".to_vec())];
        Paper { trailer: format!("/Encrypt 10 0 R /Note ({word})"), more, ..Paper::default() }.bytes()
    }),
    ("unknown filter", "a filter that is not known", |word| with_object(stream("/Filter /Own", word.as_bytes()))),
    ("encrypted stream", "is encrypted", |word| with_object(stream("/Filter /Crypt", word.as_bytes()))),
    ("damaged stream", "is damaged", |word| {
        let whole = zlib(format!("{word} {}", random_text()).as_bytes());
        with_object(stream("/Filter /FlateDecode", &whole[..whole.len() / 2]))
    }),
    ("damaged object", "object 10: the object is damaged", |word| {
        with_object(format!("<< /A ({word}) [ << ").into_bytes())
    }),
    ("stream in another file", "in another file", |word| with_object(stream(&format!("/F ({word}.bin)"), b""))),
    ("font without meaning", "do not say what text they are", |word| {
        let font = "<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [10 0 R] >>".to_owned();
        let content = format!("{LINE}BT /F1 9 Tf <00410042> Tj ET % {word}").into_bytes();
        Paper { font, content, more: vec![(10, b"<< /Type /Font /DW 500 >>".to_vec())], ..Paper::default() }.bytes()
    }),
    ("bzip2", "it is bzip2", |word| [b"BZh91AY&SY\x80\x90", word.as_bytes()].concat()),
    ("7z", "it is 7z", |word| [b"7z\xbc\xaf\x27\x1c\0\x04", word.as_bytes()].concat()),
    ("bzip2 in a tape archive", "bzip2 begins within it", |word| {
        [b"a.bz2\0\0\0", [0; 504].as_slice(), b"BZh91AY&SY\x80\x90", word.as_bytes()].concat()
    }),
    ("xz in an image of memory", "xz begins within it", |word| {
        [random_text().as_bytes(), b"\xfd7zXZ\0\0\x04", word.as_bytes()].concat()
    }),
    ("lzma", "it is lzma", |word| [b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", word.as_bytes()].concat()),
    ("cut gzip", "is damaged", |word| {
        let whole = gzip(format!("{word} {}", random_text()).as_bytes());
        whole[..whole.len() / 2].to_vec()
    }),
    ("encrypted member", "the member is encrypted", |word| {
        let mut archive = zip(&[("a.csv", word.as_bytes(), false)], 0, "");
        archive[6] = 1;
        archive
    }),
    ("member packed otherwise", "by method 12", |word| {
        let mut archive = zip(&[("a.csv", word.as_bytes(), false)], 0, "");
        archive[8] = 12;
        archive
    }),
    ("damaged Parquet", "the footer is damaged", |word| [b"PAR1", word.as_bytes(), b"\xff\xff\xff\x7fPAR1"].concat()),
    ("attachment that is closed", "it is xz", |word| {
        let data = [b"\xfd7zXZ\0\0\x04", word.as_bytes()].concat();
        with_object(packed_as("/Type /EmbeddedFile", &data))
    }),
];

fn random_text() -> String {
    (0..2000_u32).map(|at| char::from(b'a' + u8::try_from(at * at % 23).expect("small"))).collect()
}

#[test]
fn what_cannot_be_read_is_told() {
    let mut faults = Vec::new();
    for (what, why, make) in CLOSED {
        let searched = search(&make(OTHER));
        if searched.unread.is_empty() || !searched.unread.iter().all(|unread| unread.why.contains(why)) {
            faults.push(format!("{what}: {:?}", searched.unread));
        }
        if !searched.hits.is_empty() {
            faults.push(format!("{what}: {:?}", searched.hits));
        }
        if search(&make(WORD)).hits.is_empty() {
            faults.push(format!("{what}: what can be read of it is not searched"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn containers_within_each_other_end() {
    let nested = (0..20).fold(WORD.as_bytes().to_vec(), |inner, _| gzip(&inner));
    let searched = search(&nested);
    assert_eq!(searched.unread.len(), 1, "{:?}", searched.unread);
    assert!(searched.unread[0].why.contains("containers within each other"));
}

/// Any damage at all: the search ends and says something, and never panics.
#[test]
fn damage_does_not_stop_the_search() {
    let files = [
        with_content(&format!("BT /F1 9 Tf 72 600 Td [({WORD}) 20 (x)] TJ ET BI /W 1 ID x EI")),
        zip(&[("a.csv", WORD.as_bytes(), true)], 0, ""),
        gzip(WORD.as_bytes()),
    ];
    for file in &files {
        for at in (0..file.len()).step_by(3) {
            search(&file[..at]);
            let mut spoilt = file.clone();
            spoilt[at] ^= 0x55;
            search(&spoilt);
        }
    }
}
