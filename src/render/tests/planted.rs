//! What Typst writes where nobody looks: words planted in a source, each in one place, and found in the PDF by `scan`.

use typst::foundations::Datetime;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::render::world::{MAIN, Shelf};
use crate::scan::{self, Word, Words};

/// A leak: what it is, the channel that is told, and the source with a word in that place.
type Plant = (&'static str, &'static str, fn(&str) -> String);

const PLANTS: [Plant; 19] = [
    ("title", "document information: title", |word| format!("#set document(title: [{word}])")),
    ("author", "document information: author", |word| format!("#set document(author: \"{word}\")")),
    ("keywords", "document information: keywords", |word| format!("#set document(keywords: (\"{word}\",))")),
    ("description", "document information: subject", |word| format!("#set document(description: [{word}])")),
    ("heading", "bookmark", |word| format!("= Events, {word}")),
    ("label", "named destination", |word| format!("#set heading(numbering: \"1.\")\n= Events <t-{word}>\n@t-{word}")),
    ("link", "link target", |word| format!("#link(\"https://example.org/{word}\")[here]")),
    ("alternative text of a figure", "alternative text", |word| format!("#figure(rect(), alt: \"{word}\")")),
    ("alternative text of an equation", "alternative text", |word| format!("#math.equation(alt: \"{word}\", $\"n\"$)")),
    ("attachment, name", "file name of an attachment", |word| format!("#pdf.attach(\"{word}.csv\", bytes(\"a\"))")),
    ("attachment, description", "description of an attachment", |word| {
        format!("#pdf.attach(\"a.csv\", bytes(\"a\"), description: \"{word}\")")
    }),
    ("attachment, data", "attachment", |word| format!("#pdf.attach(\"a.csv\", bytes(\"id,arm,{word}\"))")),
    ("text", "text of page 1", |word| word.to_owned()),
    ("white text", "text of page 1", |word| format!("#text(white)[{word}]")),
    ("clipped text", "text of page 1", |word| format!("#box(width: 1pt, height: 1pt, clip: true)[{word}]")),
    ("covered text", "text of page 1", |word| format!("{word}#place(top, rect(width: 9cm, height: 9cm, fill: black))")),
    ("text beside the page", "text of page 1", |word| format!("#place(dx: 90cm, dy: -90cm)[{word}]")),
    ("kerned and ligated text", "text of page 1", |word| format!("#text(tracking: 3pt)[{word} AVAffi]")),
    ("broken text", "text of page 1", |word| {
        let (one, other) = word.split_at(4);
        format!("#block(width: 2cm)[in {one}-?{other}, all of them]")
    }),
];

/// The PDF of a source, without conditions of a standard; what is wrong with the source, if it is none.
fn pdf(source: &str) -> Result<Vec<u8>, String> {
    let today = Datetime::from_ymd(2026, 1, 1).expect("a day");
    let world = Shelf::new(&[(MAIN.to_owned(), source.to_owned())], today);
    let document = typst::compile::<PagedDocument>(&world).output;
    let document = document.map_err(|errors| format!("{source}: {errors:?}"))?;
    typst_pdf::pdf(&document, &PdfOptions::default()).map_err(|errors| format!("{source}: {errors:?}"))
}

#[test]
fn words_planted_with_typst_are_found_by_their_channel_and_nothing_is_found_in_their_twins() {
    let list = ["Quorvane", "QXV"].map(|text| Word { text: text.to_owned(), origin: String::new() });
    let words = Words::new(list.to_vec(), false).expect("the words can be searched for");
    let mut faults = Vec::new();
    for (what, channel, make) in PLANTS {
        let search =
            |word: &str| pdf(&format!("All participants\n\n{}", make(word))).map(|file| scan::bytes(&file, &words));
        let (leak, twin) = match (search("Quorvane"), search("Silentia")) {
            (Ok(leak), Ok(twin)) => (leak, twin),
            (leak, twin) => {
                faults.extend(leak.err().into_iter().chain(twin.err()));
                continue;
            }
        };
        if !leak.hits.iter().any(|hit| hit.word == 0 && hit.channel.contains(channel)) {
            faults.push(format!("{what}: {:?}", leak.hits));
        }
        if !twin.hits.is_empty() {
            faults.push(format!("{what}: the clean twin is not clean: {:?}", twin.hits));
        }
        faults.extend(twin.unread.iter().chain(&leak.unread).map(|one| format!("{what}: {one:?}")));
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), PLANTS.len(), faults.join("\n"));
}
