//! Leaks in other files than PDF: encodings, containers, pictures, digests.

use std::io::Write;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

use super::paper::{with_info, zlib};
use super::{Plant, each_is_found};
use crate::scan::digest::digests;
use crate::scan::encoded::{to_base64, to_hexadecimal};

/// Bytes in the gzip format.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes all bytes");
    encoder.finish().expect("memory takes all bytes")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes all bytes");
    encoder.finish().expect("memory takes all bytes")
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// An archive with these members, packed by deflate if so; the directory leaves out as many of the first ones.
pub(super) fn zip(members: &[(&str, &[u8], bool)], unlisted: usize, comment: &str) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (at, (name, content, packed)) in members.iter().enumerate() {
        let bytes = if *packed { deflate(content) } else { content.to_vec() };
        let size = |length: usize| u32::try_from(length).expect("a small file").to_le_bytes();
        let short = |length: usize| u16::try_from(length).expect("a short name").to_le_bytes();
        let method = if *packed { [8, 0] } else { [0, 0] };
        let common = [
            &method[..],
            &[0; 4],
            &crc(content).to_le_bytes(),
            &size(bytes.len()),
            &size(content.len()),
            &short(name.len()),
        ]
        .concat();
        if at >= unlisted {
            let start = size(file.len());
            let entry = [b"PK\x01\x02\x14\0\x14\0\0\0", &common[..], &[0; 12], &start, name.as_bytes()].concat();
            directory.extend(entry);
        }
        file.extend([b"PK\x03\x04\x14\0\0\0", &common[..], &[0; 2], name.as_bytes(), &bytes].concat());
    }
    let (start, length) = (file.len(), directory.len());
    file.extend(directory);
    let count = u16::try_from(members.len() - unlisted).expect("few members").to_le_bytes();
    let quad = |number: usize| u32::try_from(number).expect("a small file").to_le_bytes();
    let comment_length = u16::try_from(comment.len()).expect("a short comment").to_le_bytes();
    file.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &quad(length), &quad(start), &comment_length].concat());
    file.extend(comment.as_bytes());
    file
}

/// A picture with a chunk of this kind before its end.
fn png(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let chunk = |kind: [u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len()).expect("a small chunk").to_be_bytes();
        let body = [&kind, content].concat();
        [&length[..], &body, &crc(&body).to_be_bytes()].concat()
    };
    let samples = zlib(&[0, 0x80]);
    let head = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];
    let chunks =
        [chunk(*b"IHDR", &head), chunk(kind, content), chunk(*b"IDAT", &samples), chunk(*b"IEND", b"")].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks].concat()
}

fn utf16_le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf16_be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// A word within a sentence.
fn sentence(word: &str) -> String {
    format!("subject 17 had {word} on day 3, and went home")
}

/// A word after so many others, in base64.
fn aligned(before: &str, word: &str) -> Vec<u8> {
    format!("token = {}", to_base64(format!("{before}{word} and so on").as_bytes())).into_bytes()
}

fn each_byte(word: &str, write: fn(u8) -> String) -> Vec<u8> {
    format!("the arm is {} here", word.bytes().map(write).collect::<Vec<_>>().concat()).into_bytes()
}

const WRITTEN: [Plant; 29] = [
    ("text", "the file", |word| sentence(word).into_bytes()),
    ("capitals", "the file", |word| sentence(&word.to_uppercase()).into_bytes()),
    ("within a longer word", "the file", |word| format!("tbl-ae-{}s", word.to_lowercase()).into_bytes()),
    ("UTF-16 with its mark", "as UTF-16", |word| [b"\xff\xfe".to_vec(), utf16_le(&sentence(word))].concat()),
    ("UTF-16, small end first", "as UTF-16", |word| [&[7, 1][..], &utf16_le(word), &[9]].concat()),
    ("UTF-16, large end first", "as UTF-16", |word| [&[7, 1, 3][..], &utf16_be(word), &[0]].concat()),
    ("base64, first place", "as base64", |word| aligned("an ", word)),
    ("base64, second place", "as base64", |word| aligned("is a", word)),
    ("base64, third place", "as base64", |word| aligned("it is", word)),
    ("base64 in lines", "as base64", |word| {
        let text = to_base64(sentence(word).repeat(3).as_bytes());
        text.as_bytes().chunks(20).collect::<Vec<_>>().join(&b"\r\n"[..])
    }),
    ("base64 for addresses", "as base64", |word| {
        to_base64(format!("??>{word}>>").as_bytes()).replace('+', "-").replace('/', "_").into_bytes()
    }),
    ("UTF-32 with its mark", "as UTF-32", |word| {
        [vec![0xff, 0xfe, 0, 0], sentence(word).chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()].concat()
    }),
    ("letters of rich text", "as rich text", |word| {
        let letters = word.chars().map(|c| format!("\\u{}?", u32::from(c))).collect::<Vec<_>>().concat();
        format!("{{\\rtf1\\ansi {{\\b Words}} of {letters}\\par}}").into_bytes()
    }),
    ("rich text in parts", "as rich text", |word| {
        let (first, second) = word.split_at(word.char_indices().nth(3).map_or(0, |(at, _)| at));
        let bytes = first.bytes().map(|byte| format!("\\'{byte:02x}")).collect::<Vec<_>>().concat();
        format!("{{\\rtf1\\ansi Words of {bytes}{{\\b {second}}} and more\\par}}").into_bytes()
    }),
    ("UTF-16 in base64", "as base64", |word| to_base64(&utf16_le(&sentence(word))).into_bytes()),
    ("hexadecimal", "as hexadecimal", |word| format!("id: {}", to_hexadecimal(word.as_bytes())).into_bytes()),
    ("hexadecimal, pairs apart", "as hexadecimal", |word| each_byte(word, |byte| format!("{byte:02X}:"))),
    ("hexadecimal of C", "as hexadecimal", |word| each_byte(word, |byte| format!("0x{byte:02x}, "))),
    ("escapes of bytes", "escapes of a programming language", |word| each_byte(word, |byte| format!("\\x{byte:02x}"))),
    ("octal escapes", "escapes of a programming language", |word| each_byte(word, |byte| format!("\\{byte:03o}"))),
    ("escapes of JSON", "escapes of a programming language", |word| each_byte(word, |byte| format!("\\u{byte:04x}"))),
    ("escapes of escapes", "escapes of a programming language", |word| {
        each_byte(word, |byte| format!("\\\\u{byte:04x}"))
    }),
    ("entities in decimals", "entities of markup", |word| each_byte(word, |byte| format!("&#{byte};"))),
    ("entities twice", "entities of markup", |word| each_byte(word, |byte| format!("&amp;#x{byte:x};"))),
    ("percent encoding", "percent encoding", |word| each_byte(word, |byte| format!("%{byte:02X}"))),
    ("mail", "quoted-printable", |word| each_byte(word, |byte| format!("={byte:02X}"))),
    ("markup within a word", "text between tags", |word| {
        format!("<w:r><w:t>In {}</w:t></w:r><w:r><w:t>{}, n</w:t></w:r>", &word[..3], &word[3..]).into_bytes()
    }),
    ("id in a drawing", "the file", |word| format!("<svg><g id=\"{word}\" class=\"a\"/></svg>").into_bytes()),
    ("SAS transport", "the file", |word| {
        let mut record = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!".to_vec();
        record.extend(format!("{word:<40}").into_bytes());
        record.extend([0x41, 0x10, 0, 0, 0, 0, 0, 0]);
        record
    }),
];

#[test]
fn words_in_every_encoding_are_found() {
    each_is_found(&WRITTEN);
}

const PACKED: [Plant; 21] = [
    ("gzip", "gzip stream", |word| gzip(sentence(word).as_bytes())),
    ("gzip of gzip", "gzip stream, in gzip stream", |word| gzip(&gzip(sentence(word).as_bytes()))),
    ("zlib", "zlib stream", |word| zlib(sentence(word).repeat(9).as_bytes())),
    ("zstd", "zstd stream", |word| zstd::encode_all(sentence(word).as_bytes(), 3).expect("memory takes all bytes")),
    ("name in gzip", "the file", |word| {
        let plain = gzip(b"a");
        [&plain[..3], &[8], &plain[4..10], word.as_bytes(), &[0], &plain[10..]].concat()
    }),
    ("member of an archive", "member 2 of the archive", |word| {
        zip(&[("a.csv", b"1", true), ("b.csv", sentence(word).as_bytes(), true)], 0, "")
    }),
    ("plain member that is packed", "gzip stream, in member 1", |word| {
        zip(&[("a.gz", &gzip(sentence(word).as_bytes()), false)], 0, "")
    }),
    ("archive in an archive", "content, in member 1 of the archive", |word| {
        let inner = zip(&[("a.csv", sentence(word).as_bytes(), true)], 0, "");
        zip(&[("a.zip", &inner, true)], 0, "")
    }),
    ("member that is not listed", "member 1 of the archive", |word| {
        zip(&[("a.csv", sentence(word).as_bytes(), true), ("b.csv", b"1", true)], 1, "")
    }),
    ("name of a member", "name of member 1", |word| zip(&[(&format!("data/{word}.csv"), b"1", true)], 0, "")),
    ("comment of an archive", "the file", |word| zip(&[("a.csv", b"1", true)], 0, word)),
    ("cells of a workbook", "member 1 of the archive", |word| {
        let cells = format!("<sst><si><r><t>{}</t></r><r><t>{}</t></r></si></sst>", &word[..4], &word[4..]);
        zip(&[("xl/sharedStrings.xml", cells.as_bytes(), true)], 0, "")
    }),
    ("PDF in an archive", "document information: title, in content, in member 1", |word| {
        zip(&[("a.pdf", &with_info(&format!("/Title ({word})")), true)], 0, "")
    }),
    ("text chunk", "tEXt chunk", |word| png(*b"tEXt", format!("Title\0{word}").as_bytes())),
    ("packed text chunk", "zTXt chunk", |word| png(*b"zTXt", &[b"Title\0\0".to_vec(), zlib(word.as_bytes())].concat())),
    ("international text chunk", "iTXt chunk", |word| {
        png(*b"iTXt", &[b"Title\0\x01\0en\0Titel\0".to_vec(), zlib(word.as_bytes())].concat())
    }),
    ("EXIF chunk", "eXIf chunk", |word| png(*b"eXIf", &[b"II*\0\x08\0\0\0".to_vec(), utf16_le(word)].concat())),
    ("archive behind a picture", "file that begins within", |word| {
        [png(*b"tEXt", b"a\0b"), zip(&[("a.csv", sentence(word).as_bytes(), true)], 0, "")].concat()
    }),
    ("profile of a photograph", "the file", |word| {
        [b"\xff\xd8\xff\xe1\0\x40Exif\0\0", word.as_bytes(), b"\xff\xd9"].concat()
    }),
    ("packed file in a data URL", "base64 of the file", |word| {
        let packed = to_base64(&gzip(sentence(word).as_bytes()));
        format!("<a href='data:application/gzip;base64,{packed}'>data</a>").into_bytes()
    }),
    ("packed file on a tape", "file that begins within", |word| {
        [&[b'a'; 512][..], &gzip(sentence(word).as_bytes()), &[0; 512]].concat()
    }),
];

#[test]
fn words_in_packed_files_and_pictures_are_found() {
    // What is told of a tape: there are bytes behind the stream.
    each_is_found(&PACKED);
}

/// How a digest is written.
type Form = fn(&[u8]) -> Vec<u8>;

#[test]
fn digests_of_words_are_found_whole_cut_and_in_base64() {
    const FORMS: [Form; 4] = [
        |digest| to_hexadecimal(digest).into_bytes(),
        |digest| format!("build {}, done", &to_hexadecimal(digest)[..12]).into_bytes(),
        |digest| to_base64(digest).into_bytes(),
        |digest| [&[1, 2, 3], digest].concat(),
    ];
    let (mut number, mut faults) = (0, Vec::new());
    for written in [super::WORD.to_owned(), super::WORD.to_uppercase()] {
        for (name, digest) in digests(&written) {
            for form in FORMS {
                number += 1;
                let found = super::search(&form(&digest));
                let told = format!("{name} of the word in the file");
                if found.hits.len() != 1 || found.hits[0].channel != told {
                    faults.push(format!("{told}: {:?}", found.hits));
                }
            }
        }
    }
    assert!(number > 700, "only {number} digests were tried");
    assert!(faults.is_empty(), "{} of {number}:\n{}", faults.len(), faults.join("\n"));
    for (_, digest) in digests(super::OTHER) {
        assert_eq!(super::search(&to_hexadecimal(&digest).into_bytes()).hits, []);
    }
}
