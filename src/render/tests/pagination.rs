//! Random tables on pages: nothing lost, nothing twice, heads and continued groups on every page, no label left behind.

use super::*;

/// A generator of small numbers; the same for the same seed.
struct Dice(u64);

impl Dice {
    /// A number from 0 to below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        // Multiplier and increment of Knuth's MMIX; the high half is the good one.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

/// Words of a stub: short, long, compound, Greek and Cyrillic ones.
const WORDS: [&str; 8] = [
    "Infections",
    "and",
    "Pneumonoultramicroscopicsilicovolcanoconiosis",
    "upper-respiratory-tract",
    "αναπνευστικού",
    "дыхательных",
    "β-HCG",
    "mg/kg",
];

/// A table with a text in every stub and cell that stands nowhere else.
fn random(dice: &mut Dice, name: usize) -> Table {
    let (columns, rows) = (1 + dice.roll(6), 1 + dice.roll(300));
    let numbers = dice.roll(3) > 0;
    let grouped = dice.roll(3);
    let wordy = dice.roll(4) == 0;
    let head = |column: usize| vec![format!("Arm {column}"), words("(N = 20)")];
    let align = if numbers { Align::Decimal } else { Align::Left };
    let mut out = Table {
        stub_head: format!("Head of {name}"),
        columns: (0..columns).map(|column| Column { head: head(column), align }).collect(),
        spanners: Vec::new(),
        rows: Vec::new(),
    };
    if columns > 2 {
        out.spanners.push(Spanner { text: words("Spanned"), first: 1, columns: 2 });
    }
    let mut depth = 0;
    for at in 0..rows {
        let begins = grouped > 0 && (at == 0 || dice.roll(9) == 0);
        let more = if wordy || dice.roll(12) == 0 { 1 + dice.roll(14) } else { 0 };
        let mut stub = format!("S{name}.{at};");
        for _ in 0..more {
            stub.push(' ');
            stub.push_str(WORDS[dice.roll(WORDS.len())]);
        }
        let heading = begins && grouped == 1;
        // Below a heading or a row of a group follow deeper ones.
        let indent = if grouped == 0 || begins { 0 } else { 1 + u8::from(depth > 0 && dice.roll(2) == 0) };
        depth = indent;
        let cell_of = |column: usize, dice: &mut Dice| {
            let long = !numbers && dice.roll(15) == 0;
            let more = if long { " of some words that go on".repeat(dice.roll(6)) } else { String::new() };
            cell(&format!("C{name}.{at}.{column};{more}"))
        };
        let cells = if heading { Vec::new() } else { (0..columns).map(|column| cell_of(column, dice)).collect() };
        out.rows.push(TableRow { indent, stub, heading, opens_group: begins, cells });
    }
    // A heading heads something.
    if out.rows.last().is_some_and(|row| row.heading) {
        out.rows.pop();
    }
    out
}

/// The pages of this table, which its head tells.
fn own(pages: &[String], name: usize) -> Vec<&str> {
    let head = format!("Headof{name}");
    let own = |page: &&str| packed(page).split(&head).nth(1).is_some_and(|rest| !rest.starts_with(char::is_numeric));
    pages.iter().map(String::as_str).filter(own).collect()
}

/// Positions of the rows whose stubs stand on a page as themselves, in order, and of those that are continued.
fn stubs(page: &str, name: usize) -> (Vec<usize>, Vec<usize>) {
    let mut fresh = Vec::new();
    let mut continued = Vec::new();
    let start = format!("S{name}.");
    for line in page.lines() {
        for part in line.split(&start).skip(1) {
            let Some((number, _)) = part.split_once(';') else { continue };
            let Ok(at) = number.parse() else { continue };
            if part.contains("(continued)") { continued.push(at) } else { fresh.push(at) }
        }
    }
    (fresh, continued)
}

#[test]
fn random_tables_are_whole_on_their_pages() {
    let mut dice = Dice(20_261_123);
    let tables: Vec<Table> = (0..40).map(|name| random(&mut dice, name)).collect();
    let displays = tables.iter().enumerate().map(|(name, table)| {
        display(&format!("t-{name}"), &format!("Table {name}"), "Random", Body::Table(table.clone()))
    });
    let pages = pages(&report(displays.collect()));
    for (name, table) in tables.iter().enumerate() {
        let own = own(&pages.text, name);
        let all = packed(&own.concat());
        for (at, row) in table.rows.iter().enumerate() {
            for column in 0..row.cells.len() {
                let text = format!("C{name}.{at}.{column};");
                assert_eq!(all.matches(&text).count(), 1, "{text} of {} rows", table.rows.len());
            }
        }
        let mut next = 0;
        for (number, page) in own.iter().enumerate() {
            let (fresh, continued) = stubs(page, name);
            assert!(page.contains("Arm 0") && page.contains("(N = 20)"), "table {name}: no head");
            assert!(table.spanners.is_empty() || page.contains("Spanned"), "table {name}: no spanner");
            let again = format!("Table {name} Random (continued)");
            assert_eq!(page.contains(&again), number > 0, "table {name}, page {number}");
            assert!(page.contains(&format!("of {}", pages.text.len())), "no number of pages");
            // Stubs of high rows may go on over pages; each begins once and in order.
            let fresh: Vec<usize> = fresh.into_iter().filter(|at| *at >= next).collect();
            assert!(fresh.iter().copied().eq(next..next + fresh.len()), "table {name}, page {number}: {fresh:?}");
            let Some(last) = fresh.last() else { continue };
            if let Some(after) = table.rows.get(last + 1) {
                let heads = table.rows[*last].heading || table.rows[*last].indent < after.indent;
                assert!(!heads || fresh.len() == 1, "table {name}, page {number} ends with a label: row {last}");
            }
            if number > 0 && continued.last() != Some(&next.saturating_sub(1)) {
                let mut level = table.rows[next].indent;
                let mut expected = Vec::new();
                for above in (0..next).rev() {
                    if table.rows[above].indent < level {
                        level = table.rows[above].indent;
                        expected.insert(0, above);
                    }
                }
                assert_eq!(continued, expected, "table {name}, page {number} begins with row {next}");
            }
            next += fresh.len();
        }
        assert_eq!(next, table.rows.len(), "table {name}");
        assert!(own[own.len() - 1].contains("Source: ADSL"));
    }
}

#[test]
fn notes_stand_where_their_marks_do() {
    let mut long = long_table(150);
    for at in [3, 148] {
        long.rows[at].cells[0].marks = vec![words("a")];
    }
    long.rows[70].cells[1].marks = vec![words("b")];
    let mut told = display("t-1", "Table 1", "Noted", Body::Table(long));
    let note = |mark: Option<&str>, text: &str| Footnote { mark: mark.map(words), text: words(text) };
    told.footnotes = vec![note(Some("a"), "Note of a."), note(Some("b"), "Note of b."), note(None, "Note of all.")];
    told.footnotes.push(note(Some("c"), "Note of a head."));
    let pages = pages(&report(vec![told]));
    let own: Vec<&String> = pages.text.iter().filter(|page| page.contains("-of-150.")).collect();
    assert!(own.len() > 2);
    for (number, page) in own.iter().enumerate() {
        let has = |row: usize| page.contains(&format!("Row-{row}-of-150."));
        assert_eq!(page.contains("Note of a."), has(3) || has(148), "page {number}");
        assert_eq!(page.contains("Note of b."), has(70), "page {number}");
        for text in ["Note of all.", "Note of a head.", "Source: ADSL"] {
            assert_eq!(page.contains(text), number + 1 == own.len(), "{text} on page {number}");
        }
    }
}

#[test]
fn a_table_in_parts_repeats_its_stub_and_shows_every_cell_once() {
    let columns = 30;
    let row_of = |at: usize| {
        let cells: Vec<String> = (0..columns).map(|column| format!("C{at}.{column}; (12.3 to 45.6)")).collect();
        row(0, &format!("Stub-{at};"), &cells.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let mut wide = table((0..60).map(row_of).collect());
    wide.spanners.clear();
    wide.columns =
        (0..columns).map(|at| Column { head: vec![format!("Visit {at}.")], align: Align::Decimal }).collect();
    let pages = pages(&report(vec![display("t-1", "Table 1", "Wide", Body::Table(wide))]));
    let own: Vec<&String> = pages.text.iter().filter(|page| page.contains("Stub-")).collect();
    let all = own.iter().map(|page| packed(page)).collect::<String>();
    for at in 0..60 {
        for column in 0..columns {
            assert_eq!(all.matches(&format!("C{at}.{column};")).count(), 1, "row {at}, column {column}");
        }
    }
    let parts = all.matches("Stub-0;").count();
    assert!(parts > 2, "{parts} parts");
    assert!((2..=parts).all(|part| all.contains(&format!("Table1Wide(continued,part{part}of{parts})"))), "{all}");
    assert_eq!(all.matches("Source:ADSL").count(), 1);
}

fn text_of(id: &str, heading: &str, paragraphs: usize) -> SectionText {
    let paragraph = |at: usize| format!("Paragraph {at} of {id}. {}", "It has many words to read. ".repeat(30));
    SectionText { id: words(id), heading: words(heading), paragraphs: (0..paragraphs).map(paragraph).collect() }
}

#[test]
fn texts_open_their_section_and_pages_are_told() {
    let mut checklist = table(vec![row(0, "Item 1", &["Title", ""]), row(0, "Item 2", &["Texts", "1"])]);
    checklist.columns[0].align = Align::Left;
    checklist.rows[0].cells[0].pages_of = vec![words("title"), words("provenance"), words("methods"), words("title")];
    checklist.rows[0].cells[1].pages_of = vec![words("t-last"), words("section 14.2")];
    checklist.rows[1].cells[0].pages_of = vec![words("synopsis"), words("more")];
    let mut told = report(vec![display("t-1", "Table 1", "Checklist", Body::Table(checklist))]);
    told.sections.insert(
        0,
        Section {
            number: words("2"),
            title: words("Synopsis"),
            texts: vec![
                text_of("synopsis", "What was asked", 12),
                text_of("more", "", 2),
                text_of("end", "The end", 1),
            ],
            displays: Vec::new(),
        },
    );
    told.sections.push(Section {
        number: words("14.2"),
        title: words("Efficacy"),
        texts: vec![text_of("words", "Of efficacy", 1)],
        displays: vec![display("t-last", "Table 9", "Last", Body::Table(long_table(5)))],
    });
    let pages = pages(&told).text;
    let page =
        |text: &str| 1 + pages.iter().position(|page| page.contains(text)).unwrap_or_else(|| panic!("no {text}"));
    let after = |text: &str| 2 + pages.iter().skip(1).position(|page| page.contains(text)).unwrap_or(0);
    let (asked, more) = (page("Paragraph 0 of synopsis"), page("Paragraph 0 of more"));
    assert!(asked < more && pages[asked - 1].contains("What was asked"));
    assert!(pages[page("Paragraph 0 of end") - 1].contains("The end"), "a heading is left behind");
    assert!(page("Paragraph 0 of words") < page("Row-0-of-5."));
    let checklist = &pages[page("Item 1") - 1];
    let (methods, provenance) = (page("All randomised participants"), after("SHA-256"));
    assert!(checklist.contains(&format!("Title p. 1, {methods}, {provenance}")), "{checklist}");
    assert!(
        checklist.contains(&format!("p. {}, {}", page("Paragraph 0 of words"), page("Row-0-of-5."))),
        "{checklist}"
    );
    assert!(checklist.contains(&format!("Texts p. {asked}, {more}")), "{checklist}");
    // An unknown one is told before anything is set.
    let Body::Table(table) = &mut told.sections[1].displays[0].body else { panic!("it is a table") };
    table.rows[0].cells[0].pages_of.push(words("t-lost"));
    let error = set(&told).expect_err("there is no such display").to_string();
    assert!(error.contains("display t-1, row 1, column 1: there is no t-lost whose pages could be told"), "{error}");
}

#[test]
fn each_subject_begins_a_page_and_following_pages_say_whose_they_are() {
    let lanes = Lanes {
        x: Axis { title: words("Day"), from: 0.0, to: 100.0, ticks: vec![(0.0, words("0"))], log: false },
        groups: vec![LaneGroup {
            title: words("Events"),
            lanes: vec![Lane {
                label: words("Lane-label"),
                segments: vec![Segment { from: 3.0, to: 9.0, ..Segment::default() }],
                marks: Vec::new(),
            }],
        }],
        segments: vec![(words("Grade 1"), None)],
        marks: Vec::new(),
        alt: words("One event."),
    };
    let panel = |title: &str| {
        let mut plot = plot();
        plot.under.clear();
        Panel { title: words(title), plot }
    };
    let profile = |name: &str, rows: usize| Profile {
        title: format!("Subject {name}"),
        facts: vec![fact("Age", "34 years"), fact("Arm", name), fact("Exposure", "20 days")],
        paragraphs: vec![format!("Narrative of {name}.")],
        lanes: Some(lanes.clone()),
        plots: ["First plot", "Second plot", "Third plot"].map(panel).into(),
        tables: vec![(format!("Listing of {name}"), long_table(rows))],
    };
    let body = Body::Profiles(vec![profile("001", 5), profile("002", 70), profile("003", 4)]);
    let pages = pages(&report(vec![display("f-9", "Figure 9", "Profiles", body)]));
    let page =
        |text: &str| pages.text.iter().position(|page| page.contains(text)).unwrap_or_else(|| panic!("no {text}"));
    for name in ["001", "002", "003"] {
        let own = &pages.text[page(&format!("Subject {name}"))];
        for text in ["34 years", "Lane-label", "One event.", "First plot", "Third plot"] {
            assert!(own.contains(text), "{text} is not on the page of {name}: {own}");
        }
        assert_eq!(own.contains("Figure 9 Profiles (continued)"), name != "001");
    }
    assert!(page("Subject 001") < page("Subject 002") && page("Subject 002") < page("Subject 003"));
    let later = &pages.text[page("Subject 003") - 1];
    assert!(later.contains("(continued, Subject 002)") && later.contains("Narrative of 002."), "{later}");
    for at in 0..70 {
        let row = format!("Row-{at}-of-70.");
        assert_eq!(pages.text.iter().map(|page| page.matches(&row).count()).sum::<usize>(), 1, "{row}");
    }
    assert!(pages.text[page("Subject 003")..].concat().contains("Source: ADSL"));
    assert_eq!(pages.figures.len(), 12);
}

/// To be timed from outside.
#[test]
#[ignore = "for measuring"]
fn a_long_listing() {
    let rows: usize = 100_000;
    let columns = 8;
    let row_of = |at: usize| TableRow {
        indent: 0,
        stub: format!("SUBJ-{:06}", at / 10),
        heading: false,
        opens_group: at.is_multiple_of(10),
        cells: (0..columns).map(|column| cell(&format!("Value {at}-{column}"))).collect(),
    };
    let mut listing = table((0..rows).map(row_of).collect());
    listing.spanners.clear();
    let column = |at: usize| Column { head: vec![format!("Column {at}")], align: Align::Left };
    listing.columns = (0..columns).map(column).collect();
    let pages = pages(&report(vec![display("l-1", "Listing 1", "Long", Body::Table(listing))]));
    let packed = pages.text.iter().map(|page| page.matches("SUBJ-").count()).sum::<usize>();
    assert_eq!(packed, rows);
}
