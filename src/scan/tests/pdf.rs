//! Leaks in PDF files.

use super::paper::{
    LINE, Paper, packed, packed_as, plain_font, stream, utf16, with_catalog, with_content, with_info, with_object,
    with_page,
};
use super::{Plant, WORD, each_is_found, search};
use crate::scan::encoded::to_hexadecimal;

const DESCRIBED: [Plant; 17] = [
    ("title", "document information: title", |word| with_info(&format!("/Title ({word} report)"))),
    ("author", "document information: author", |word| with_info(&format!("/Author (Team {word})"))),
    ("subject", "document information: subject", |word| with_info(&format!("/Subject ({word})"))),
    ("keywords", "document information: keywords", |word| with_info(&format!("/Keywords (a, {word}, b)"))),
    ("creator", "document information: creator", |word| with_info(&format!("/Creator ({word} 1.0)"))),
    ("own key", "document information", |word| with_info(&format!("/Study ({word})"))),
    ("name of an own key", "key in an object", |word| with_object(format!("<< /{word} 1 >>").into_bytes())),
    ("title in UTF-16", "document information: title", |word| with_info(&format!("/Title {}", utf16(word)))),
    ("title in hexadecimal", "document information: title", |word| {
        with_info(&format!("/Title <{}>", to_hexadecimal(word.as_bytes())))
    }),
    ("title in octal", "document information: title", |word| {
        let octal: String = word.bytes().map(|byte| format!("\\{byte:03o}")).collect::<Vec<_>>().concat();
        with_info(&format!("/Title ({octal})"))
    }),
    ("name with escapes", "name in an object", |word| {
        let escaped: String = word.bytes().map(|byte| format!("#{byte:02x}")).collect::<Vec<_>>().concat();
        with_object(format!("<< /Kind /{escaped} >>").into_bytes())
    }),
    ("XMP", "XMP metadata", |word| with_object(stream("/Type /Metadata /Subtype /XML", xmp(word).as_bytes()))),
    ("packed XMP with entities", "XMP metadata", |word| {
        let entities: String = word.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<Vec<_>>().concat();
        with_object(packed_as("/Type /Metadata /Subtype /XML", xmp(&entities).as_bytes()))
    }),
    ("identifier that is a digest", "SHA-256 of the word in XMP metadata", |word| {
        with_object(packed_as("/Type /Metadata /Subtype /XML", xmp(&sha256(word)).as_bytes()))
    }),
    ("identifier of the trailer", "SHA-256 of the word in string of an object", |word| {
        let id = &sha256(word)[..32];
        Paper { trailer: format!("/ID [<{id}> <{id}>]"), ..Paper::default() }.bytes()
    }),
    ("page label", "page label", |word| {
        with_catalog("/PageLabels 10 0 R", &[format!("<< /Nums [0 << /P ({word}-) /S /D >>] >>")])
    }),
    ("script", "script", |word| {
        with_catalog("/OpenAction 10 0 R", &[format!("<< /S /JavaScript /JS (app.alert\\('{word}'\\)) >>")])
    }),
];

fn xmp(text: &str) -> String {
    format!("<x:xmpmeta><rdf:Description><xmpMM:DocumentID>{text}</xmpMM:DocumentID></rdf:Description></x:xmpmeta>")
}

fn sha256(word: &str) -> String {
    use sha2::{Digest, Sha256};
    to_hexadecimal(&Sha256::digest(word.to_lowercase().as_bytes()))
}

#[test]
fn words_in_what_describes_the_document_are_found() {
    each_is_found(&DESCRIBED);
}

const NAVIGATED: [Plant; 21] = [
    ("bookmark", "bookmark", |word| {
        let root = "<< /Type /Outlines /First 11 0 R /Last 11 0 R >>".to_owned();
        with_catalog(
            "/Outlines 10 0 R",
            &[root, format!("<< /Title (Events, {word}) /Parent 10 0 R /Dest [3 0 R /Fit] >>")],
        )
    }),
    ("destination in the tree", "named destination", |word| {
        let leaf = format!("<< /Limits [(t-{word}) (t-{word})] /Names [(t-{word}) [3 0 R /Fit]] >>");
        with_catalog("/Names << /Dests 10 0 R >>", &["<< /Kids [11 0 R] >>".to_owned(), leaf])
    }),
    ("destination in the dictionary", "named destination", |word| {
        with_catalog("/Dests 10 0 R", &[format!("<< /t-{word} [3 0 R /Fit] >>")])
    }),
    ("link to a destination", "link to a named destination", |word| {
        with_page("/Annots [10 0 R]", &[format!("<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /Dest (t-{word}) >>")])
    }),
    ("link to a site", "link target", |word| {
        let action = format!("<< /S /URI /URI (https://example.org/{word}) >>");
        with_page("/Annots [10 0 R]", &[format!("<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A {action} >>")])
    }),
    ("link to a file", "link target", |word| {
        let action = format!("<< /S /GoToR /F (../{word}.pdf) /D [0 /Fit] >>");
        with_page("/Annots [10 0 R]", &[format!("<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A {action} >>")])
    }),
    ("alternative text", "alternative text", |word| {
        with_catalog("/StructTreeRoot 10 0 R", &structure(&format!("/Alt (Curve of {word})")))
    }),
    ("replacement text", "replacement text", |word| {
        with_catalog("/StructTreeRoot 10 0 R", &structure(&format!("/ActualText ({word})")))
    }),
    ("replacement text in the page", "replacement text", |word| {
        with_content(&format!("/Span << /ActualText ({word}) >> BDC BT /F1 12 Tf (-) Tj ET EMC"))
    }),
    ("title of a structure element", "title of a structure element", |word| {
        with_catalog("/StructTreeRoot 10 0 R", &structure(&format!("/T ({word})")))
    }),
    ("id of a structure element", "id of a structure element", |word| {
        with_catalog("/StructTreeRoot 10 0 R", &structure(&format!("/ID (h-{word})")))
    }),
    ("tree of ids", "id of a structure element", |word| {
        let root = format!("<< /Type /StructTreeRoot /IDTree << /Names [(h-{word}) 11 0 R] >> >>");
        with_catalog("/StructTreeRoot 10 0 R", &[root])
    }),
    ("annotation", "annotation", |word| {
        with_page(
            "/Annots [10 0 R]",
            &[format!("<< /Type /Annot /Subtype /Text /Rect [0 0 1 1] /Contents ({word}?) >>")],
        )
    }),
    ("form field", "form field", |word| {
        with_catalog("/AcroForm << /Fields [10 0 R] >>", &[format!("<< /FT /Tx /T (decision) /V ({word}) >>")])
    }),
    ("layer", "layer name", |word| {
        with_catalog("/OCProperties << /OCGs [10 0 R] >>", &[format!("<< /Type /OCG /Name ({word}) >>")])
    }),
    ("name of an attachment", "file name of an attachment", |word| attached(&format!("/F ({word}.csv)"), "", b"a")),
    ("name of an attachment in the tree", "name of an attachment", |word| {
        let tree = format!("<< /Names [({word}.csv) << /Type /Filespec /F (a.csv) >>] >>");
        with_catalog("/Names << /EmbeddedFiles 10 0 R >>", &[tree])
    }),
    ("description of an attachment", "description of an attachment", |word| {
        attached("/F (a.csv)", &format!("/Desc (Data, {word})"), b"a")
    }),
    ("data of an attachment", "attachment", |word| {
        attached("/F (a.csv)", "", format!("id,arm\n1,{word}\n").as_bytes())
    }),
    ("packed file as attachment", "gzip stream, in attachment", |word| {
        attached("/F (a.csv.gz)", "", &super::files::gzip(format!("id,arm\n1,{word}\n").as_bytes()))
    }),
    ("PDF as attachment", "document information: title, in attachment", |word| {
        attached("/F (a.pdf)", "", &with_info(&format!("/Title ({word})")))
    }),
];

fn structure(keys: &str) -> Vec<String> {
    let root = "<< /Type /StructTreeRoot /K [11 0 R] >>".to_owned();
    vec![root, format!("<< /Type /StructElem /S /Figure /P 10 0 R {keys} >>")]
}

fn attached(name: &str, keys: &str, data: &[u8]) -> Vec<u8> {
    let specification = format!("<< /Type /Filespec {name} {keys} /EF << /F 11 0 R >> >>").into_bytes();
    let more = vec![(10, specification), (11, packed_as("/Type /EmbeddedFile", data))];
    Paper { catalog: "/AF [10 0 R]".to_owned(), more, ..Paper::default() }.bytes()
}

#[test]
fn words_in_navigation_tags_and_attachments_are_found() {
    each_is_found(&NAVIGATED);
}

const UNSEEN: [Plant; 20] = [
    ("text", "text of page 1", |word| with_content(&format!("BT /F1 9 Tf 72 600 Td (In {word}, n) Tj ET"))),
    ("white text", "text of page 1", |word| with_content(&format!("1 1 1 rg BT /F1 9 Tf 72 600 Td ({word}) Tj ET"))),
    ("invisible text", "text of page 1", |word| with_content(&format!("BT 3 Tr /F1 9 Tf 72 600 Td ({word}) Tj ET"))),
    ("clipped text", "text of page 1", |word| {
        with_content(&format!("q 0 0 1 1 re W n BT /F1 9 Tf 72 600 Td ({word}) Tj ET Q"))
    }),
    ("covered text", "text of page 1", |word| {
        with_content(&format!("BT /F1 9 Tf 72 600 Td ({word}) Tj ET 0 g 0 500 300 300 re f"))
    }),
    ("text beside the page", "text of page 1", |word| {
        with_content(&format!("BT /F1 9 Tf -900 9000 Td ({word}) Tj ET"))
    }),
    ("text of no size", "text of page 1", |word| with_content(&format!("BT /F1 0 Tf 72 600 Td ({word}) Tj ET"))),
    ("text in hexadecimal", "text of page 1", |word| {
        with_content(&format!("BT /F1 9 Tf 72 600 Td <{}> Tj ET", to_hexadecimal(word.as_bytes())))
    }),
    ("letter by letter", "text of page 1", |word| {
        let letters: String = word.chars().map(|c| format!("({c}) Tj ")).collect::<Vec<_>>().concat();
        with_content(&format!("BT /F1 9 Tf 72 600 Td {letters} ET"))
    }),
    ("kerned", "text of page 1", |word| {
        let (one, other) = word.split_at(3);
        with_content(&format!("BT /F1 9 Tf 72 600 Td [(In {one}) 40 ({other}) -300 (n)] TJ ET"))
    }),
    ("letters set apart", "text of page 1", |word| {
        let letters: String = word.chars().map(|c| format!("({c}) -900 ")).collect::<Vec<_>>().concat();
        with_content(&format!("BT /F1 9 Tf 72 600 Td [{letters}] TJ ET"))
    }),
    ("across lines", "text of page 1", |word| {
        let (one, other) = word.split_at(4);
        with_content(&format!("BT /F1 9 Tf 11 TL 72 600 Td (receiving {one}-) Tj ({other}s in all) ' ET"))
    }),
    ("in parts, the last one first", "text of page 1", |word| {
        let (one, other) = word.split_at(4);
        let end = format!("BT /F1 10 Tf 1 0 0 1 92 600 Tm ({other}) Tj ET");
        with_content(&format!("{end} BT /F1 10 Tf 1 0 0 1 300 300 Tm (n) Tj 1 0 0 1 72 600 Tm ({one}) Tj ET"))
    }),
    ("form", "text of a form", |word| {
        let form = packed_as(
            "/Type /XObject /Subtype /Form /BBox [0 0 1 1]",
            format!("BT /F1 9 Tf ({word}) Tj ET").as_bytes(),
        );
        let resources = "/XObject << /X1 10 0 R >>".to_owned();
        Paper { resources, content: format!("{LINE}/X1 Do").into_bytes(), more: vec![(10, form)], ..Paper::default() }
            .bytes()
    }),
    ("text in a stream that no page shows", "text of a stream", |word| with_object(packed(spelt(word).as_bytes()))),
    ("page that is in no tree", "text of a page that is in no page tree", |word| {
        let page = "<< /Type /Page /MediaBox [0 0 9 9] /Contents 11 0 R /Resources << /Font << /F1 5 0 R >> >> >>";
        let more = vec![(10, page.as_bytes().to_vec()), (11, packed(spelt(word).as_bytes()))];
        Paper { more, ..Paper::default() }.bytes()
    }),
    ("marked content", "name in an object", |word| with_content(&format!("/{word} BMC EMC"))),
    ("name of a resource", "key in an object", |word| {
        let resources = format!("/XObject << /X-{word} 10 0 R >>");
        Paper { resources, more: vec![(10, packed_as("/Subtype /Form", b"n"))], ..Paper::default() }.bytes()
    }),
    ("comment in the content", "stream (object 4)", |word| with_content(&format!("% {word}\n"))),
    ("two of three letters by place only", "text of page 1", |word| {
        let letters: Vec<String> =
            word.chars().enumerate().map(|(at, c)| format!("1 0 0 1 {} 500 Tm ({c}) Tj", 72 + 5 * at)).collect();
        let mixed: Vec<&str> =
            letters.iter().step_by(2).chain(letters.iter().skip(1).step_by(2)).map(String::as_str).collect();
        with_content(&format!("BT /F1 10 Tf {} ET", mixed.join(" ")))
    }),
];

/// A word in pieces, so that it stands in no bytes.
fn spelt(word: &str) -> String {
    let letters: String = word.chars().map(|c| format!("({c}) Tj ")).collect::<Vec<_>>().concat();
    format!("BT /F1 9 Tf {letters} ET")
}

#[test]
fn words_in_text_are_found_seen_or_unseen() {
    each_is_found(&UNSEEN);
}

const ENCODED: [Plant; 6] = [
    ("codes with a map", "text of page 1", |word| {
        let codes: String = (1..=word.len()).map(|code| format!("{code:04x}")).collect::<Vec<_>>().concat();
        let pairs: String = word
            .chars()
            .zip(1..)
            .map(|(c, code)| format!("<{code:04x}> <{:04x}>\n", u32::from(c)))
            .collect::<Vec<_>>()
            .concat();
        let map = format!(
            "1 begincodespacerange <0000> <ffff> endcodespacerange {} beginbfchar\n{pairs}endbfchar",
            word.len()
        );
        composite(&map, &codes)
    }),
    ("codes with a map of ranges", "text of page 1", |word| {
        // Codes are those of the letters, moved by a thousand.
        let codes: String = word.chars().map(|c| format!("{:04x}", u32::from(c) + 1000)).collect::<Vec<_>>().concat();
        let map =
            "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0400> <0490> <0018> endbfrange";
        composite(map, &codes)
    }),
    ("a ligature in the map", "text of page 1", |word| {
        // One code for the first four letters, one for the rest.
        let text = |part: &str| part.encode_utf16().map(|unit| format!("{unit:04x}")).collect::<Vec<_>>().concat();
        let (one, other) = word.split_at(4);
        composite(&format!("2 beginbfchar <0001> <{}> <0002> <{}> endbfchar", text(one), text(other)), "00010002")
    }),
    ("names of glyphs", "text of page 1", |word| {
        let names: String = word.chars().map(|c| format!("/uni{:04X} ", u32::from(c))).collect::<Vec<_>>().concat();
        let font = plain_font().replace("/WinAnsiEncoding", &format!("<< /Differences [1 {names}] >>"));
        let codes: String = (1..=word.len()).map(|code| format!("{code:02x}")).collect::<Vec<_>>().concat();
        let content = format!("BT /F1 12 Tf <{codes}> Tj ET").into_bytes();
        Paper { content, font, ..Paper::default() }.bytes()
    }),
    ("a font that draws its glyphs", "text of page 1", |word| {
        let names: String = word.chars().map(|c| format!("/{c}.alt ")).collect::<Vec<_>>().concat();
        let codes: String = (1..=word.len()).map(|code| format!("{code:02x}")).collect::<Vec<_>>().concat();
        let font = format!(
            "<< /Type /Font /Subtype /Type3 /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << >> /FirstChar 1 \
             /Encoding << /Differences [1 {names}] >> /Widths [{}] >>",
            ["500"; 8].join(" ")
        );
        Paper { font, content: format!("BT /F1 12 Tf <{codes}> Tj ET").into_bytes(), ..Paper::default() }.bytes()
    }),
    ("name of a font", "font name", |word| {
        Paper { font: plain_font().replace("/Sans", &format!("/ABCDEF+{word}")), ..Paper::default() }.bytes()
    }),
];

fn composite(map: &str, codes: &str) -> Vec<u8> {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /Sans /Encoding /Identity-H /DescendantFonts [10 0 R] \
                /ToUnicode 11 0 R >>"
        .to_owned();
    let below = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Sans /DW 500 /W [1 [500 500] 7 9 600] >>";
    let more = vec![(10, below.as_bytes().to_vec()), (11, packed(map.as_bytes()))];
    Paper { font, content: format!("BT /F1 12 Tf <{codes}> Tj ET").into_bytes(), more, ..Paper::default() }.bytes()
}

#[test]
fn words_in_the_codes_of_fonts_are_found() {
    each_is_found(&ENCODED);
}

const BURIED: [Plant; 18] = [
    ("replaced object", "superseded by an update", |word| {
        let more = vec![(10, format!("<< /Type /OCG /Name ({word}) >>").into_bytes())];
        let update = vec![(10, b"<< /Type /OCG /Name (All) >>".to_vec())];
        Paper { more, update, ..Paper::default() }.bytes()
    }),
    ("replaced title", "document information: title, superseded", |word| {
        let more = vec![(10, format!("<< /Title ({word}) >>").into_bytes())];
        let update = vec![(10, b"<< /Title (All) >>".to_vec())];
        Paper { trailer: "/Info 10 0 R".to_owned(), more, update, ..Paper::default() }.bytes()
    }),
    ("replaced text", "superseded text of page 1", |word| {
        let content = spelt(word).into_bytes();
        Paper { content, update: vec![(4, packed(LINE.as_bytes()))], ..Paper::default() }.bytes()
    }),
    ("replaced page", "text of page 1 as it was before an update", |word| {
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 10 0 R \
                    /Resources << /Font << /F1 5 0 R >> >> >>";
        let update = vec![(3, page.as_bytes().to_vec()), (10, packed(LINE.as_bytes()))];
        Paper { content: spelt(word).into_bytes(), update, ..Paper::default() }.bytes()
    }),
    ("replaced attachment", "superseded attachment", |word| {
        let data = |text: &str| (11, packed_as("/Type /EmbeddedFile", text.as_bytes()));
        Paper { more: vec![data(word)], update: vec![data("all")], ..Paper::default() }.bytes()
    }),
    ("object that nothing refers to", "string of an object", |word| with_object(format!("({word})").into_bytes())),
    ("object stream", "layer name", |word| {
        let members = format!("12 0 13 15 << /A /Name >> << /Type /OCG /Name ({word}) >>");
        with_object(packed_as("/Type /ObjStm /N 2 /First 11", members.as_bytes()))
    }),
    ("between the members of an object stream", "object stream", |word| {
        let members = format!("12 0 13 40 << /A /B >> % {word:<26}\n<< /C /D >>");
        with_object(packed_as("/Type /ObjStm /N 2 /First 11", members.as_bytes()))
    }),
    ("comment between objects", "the bytes between objects", |word| {
        Paper { between: format!("% arm {word}\n"), ..Paper::default() }.bytes()
    }),
    ("comment in an object", "the bytes of object 10", |word| {
        with_object(format!("<< % {word}\n/A 1 >>").into_bytes())
    }),
    ("behind the end", "the bytes between objects", |word| [with_content(""), word.as_bytes().to_vec()].concat()),
    ("hexadecimal stream", "stream (object 10)", |word| {
        with_object(stream("/Filter /ASCIIHexDecode", format!("{}>", to_hexadecimal(word.as_bytes())).as_bytes()))
    }),
    ("stream in base 85", "stream (object 10)", |word| with_object(stream("/Filter /A85", &ascii85(word.as_bytes())))),
    ("LZW", "stream (object 10)", |word| {
        let mut encoder = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
        with_object(stream(
            "/Filter /LZWDecode",
            &encoder.encode(word.repeat(600).as_bytes()).expect("it can be packed"),
        ))
    }),
    ("run lengths", "stream (object 10)", |word| {
        let (one, other) = word.split_at(4);
        let packed = [&[3], one.as_bytes(), &[3], other.as_bytes(), &[128]].concat();
        with_object(stream("/Filter /RunLengthDecode", &packed))
    }),
    ("predicted rows", "stream (object 10)", |word| {
        // A row of the word, each byte as its difference from the one to the left.
        let bytes = word.as_bytes();
        let mut row = vec![1, bytes[0]];
        row.extend(bytes.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])));
        let keys = format!("/DecodeParms << /Predictor 15 /Columns {} >>", bytes.len());
        with_object(packed_as(&keys, &row))
    }),
    ("two filters", "stream (object 10)", |word| {
        let digits = format!("{}>", to_hexadecimal(&super::paper::zlib(word.as_bytes())));
        with_object(stream("/Filter [/AHx /Fl]", digits.as_bytes()))
    }),
    ("beside the samples of a picture", "picture (object 10)", |word| {
        let photograph = [b"\xff\xd8\xff\xe1\0\x20Exif\0\0", word.as_bytes(), b"\xff\xd9"].concat();
        with_object(stream("/Subtype /Image /Filter /DCTDecode", &photograph))
    }),
];

fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for group in bytes.chunks(4) {
        let mut whole = [0_u8; 4];
        whole[..group.len()].copy_from_slice(group);
        let mut value = u32::from_be_bytes(whole);
        let mut digits = [0_u8; 5];
        for digit in digits.iter_mut().rev() {
            *digit = b'!' + u8::try_from(value % 85).expect("a digit");
            value /= 85;
        }
        text.extend(&digits[..=group.len()]);
    }
    text.extend(b"~>");
    text
}

#[test]
fn words_in_earlier_revisions_and_odd_places_are_found() {
    each_is_found(&BURIED);
}

#[test]
fn the_length_of_a_stream_may_be_an_object_that_stands_later() {
    let text = "a text with endstream in it, ".repeat(3) + WORD;
    let mut body = b"<< /Length 11 0 R >>\nstream\n".to_vec();
    body.extend(text.as_bytes());
    body.extend(b"\nendstream");
    let file = Paper { more: vec![(10, body), (11, text.len().to_string().into_bytes())], ..Paper::default() }.bytes();
    let searched = search(&file);
    assert_eq!(searched.hits.len(), 1, "{:?}", searched.hits);
    assert!(searched.hits[0].channel.contains("stream (object 10)"), "{:?}", searched.hits);
}

#[test]
fn objects_streams_and_pictures_are_counted() {
    let file = Paper {
        more: vec![(10, packed_as("/Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8", b"x"))],
        update: vec![(4, packed(LINE.as_bytes()))],
        ..Paper::default()
    };
    let counts = search(&file.bytes()).counts;
    assert_eq!((counts.objects, counts.streams, counts.pictures), (7, 3, 1));
}
