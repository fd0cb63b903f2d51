//! Whole reports set on pages: that all text is there, that nothing acts, that the bytes are the same.

pub mod drawn;
mod marks;
mod pagination;
mod planted;

use super::*;
use crate::display::{
    Align, Axis, Body, Cell, Column, Display, Fact, Flow, FlowBox, FlowLine, FlowStage, Footnote, Forest, ForestRow,
    Front, Grid, GridCell, GridPanel, GridRow, Lane, LaneGroup, Lanes, LockedDataset, Mark, MethodsParagraph, Panel,
    Plot, Profile, Provenance, Section, SectionText, Segment, Series, SeriesStyle, Spanner, Table, TableRow, UnderRow,
};

/// Everything that means something to Typst, tera, SVG or JSON, and a line separator.
const HOSTILE: &str = "#import \"x\": * $x$ *b* _i_ <b> &amp; @ref \\ `r` #eval(\"1\") = H - i + // c /* d */ ~ -- [x] {y} << z >> <% %> 'q' \u{2028} end";

fn words(text: &str) -> String {
    text.to_owned()
}

fn fact(label: &str, text: &str) -> Fact {
    Fact { label: words(label), text: words(text) }
}

fn cell(text: &str) -> Cell {
    Cell { text: words(text), ..Cell::default() }
}

fn row(indent: u8, stub: &str, cells: &[&str]) -> TableRow {
    TableRow {
        indent,
        stub: words(stub),
        heading: cells.is_empty(),
        opens_group: cells.is_empty(),
        cells: cells.iter().map(|text| cell(text)).collect(),
    }
}

fn display(id: &str, number: &str, title: &str, body: Body) -> Display {
    Display {
        id: words(id),
        number: words(number),
        title: words(title),
        subtitle: words("Safety set (N = 40)"),
        estimand: Vec::new(),
        body,
        footnotes: Vec::new(),
        source: words("ADSL; analysis x"),
    }
}

fn report(displays: Vec<Display>) -> Report {
    Report {
        front: Front {
            title: words("A trial"),
            kind: words("Final report"),
            study: words("ABC-301"),
            status: words("Final"),
            facts: vec![fact("Registry", "NCT0")],
            lock_date: words("2026-05-11"),
            fingerprint: words("9f2c41d0"),
            simulated: true,
            session: String::new(),
            cut_off: String::new(),
            signs: Vec::new(),
            language: words("en-GB"),
        },
        sections: vec![Section { texts: Vec::new(), number: words("14.1"), title: words("Participants"), displays }],
        methods: vec![MethodsParagraph {
            heading: words("Sets"),
            paragraphs: vec![words("All randomised participants.")],
            rules: vec![fact("Safety set", "SAFFL = 'Y'\n  AND x > 1")],
        }],
        provenance: Provenance {
            facts: vec![fact("Program", "trialpress")],
            datasets: vec![LockedDataset {
                name: words("ADSL"),
                file: words("data/adsl.xpt"),
                records: words("40"),
                variables: words("48"),
                sha256: "0123456789abcdef".repeat(4),
            }],
            warnings: vec![words("None worth telling")],
        },
    }
}

fn table(rows: Vec<TableRow>) -> Table {
    let column = |arm: &str| Column { head: vec![words(arm), words("(N = 20)")], align: Align::Decimal };
    Table {
        stub_head: words("Characteristic"),
        columns: vec![column("Active"), column("Control")],
        spanners: vec![Spanner { text: words("Randomised to"), first: 0, columns: 2 }],
        rows,
    }
}

fn long_table(rows: usize) -> Table {
    table((0..rows).map(|n| row(0, &format!("Row-{n}-of-{rows}."), &[&n.to_string(), "12 (30.0)"])).collect())
}

fn plot() -> Plot {
    let axis = |title: &str, to: f64| Axis {
        log: false,
        title: words(title),
        from: 0.0,
        to,
        ticks: vec![(0.0, words("Baseline")), (to, format!("End {to}"))],
    };
    let mark = |x: f64| Mark { x, y: Some(40.0), interval: Some((20.0, 60.0)), ..Mark::default() };
    Plot {
        lines: Vec::new(),
        x: axis("Visit", 24.0),
        y: axis("Response (%)", 100.0),
        series: vec![Series {
            label: words("Arm <one> & more"),
            arm: 0,
            style: SeriesStyle::Points,
            censored: Vec::new(),
            marks: vec![mark(0.0), mark(24.0)],
        }],
        under: vec![UnderRow { label: words("Arm <one>"), arm: 0, cells: vec![cell("1/20"), cell("7/20")] }],
        under_head: words("With response/with data"),
        alt: words("Response was 40 %."),
    }
}

fn flow() -> Flow {
    let part = |text: &str| FlowBox {
        lines: vec![
            FlowLine { indent: 0, text: words(text), keys: Vec::new() },
            FlowLine { indent: 1, text: format!("{text}: reason (n = 1)"), keys: Vec::new() },
        ],
    };
    let arm = |name: &str| {
        vec![part(&format!("Allocated to {name} (n = 20)")), part("Followed (n = 19)"), part("Analysed (n = 20)")]
    };
    Flow {
        trunk: vec![
            FlowStage { main: part("Assessed (n = 52)"), side: Some(part("Excluded (n = 12)")) },
            FlowStage { main: part("Randomised (n = 40)"), side: None },
        ],
        arms: vec![arm("active"), arm("control")],
        bands: ["Enrolment", "Allocation", "Follow-up", "Analysis"].map(words).to_vec(),
        alt: words("52 assessed, 40 randomised."),
    }
}

fn panels() -> Vec<Panel> {
    let panel = |title: &str| Panel { title: words(title), plot: plot() };
    vec![panel("Left panel <b>"), panel("Right panel")]
}

fn forest(rows: usize, words_of: &str) -> Forest {
    let row = |index: usize| ForestRow {
        indent: 0,
        stub: format!("{words_of} Line-{index}-of-{rows}."),
        heading: false,
        main: index == 0,
        cells: vec![cell("−0.5 (−2.0 to 1.0)")],
        mark: Some((-0.5, (-2.0, 1.0))),
        keys: Vec::new(),
    };
    Forest {
        stub_head: format!("Analysis {words_of}"),
        columns: vec![Column { head: vec![words("Difference"), words("(95 % CI)")], align: Align::Decimal }],
        rows: (0..rows).map(row).collect(),
        axis: Axis { log: false, from: -3.0, title: words("Points"), to: 3.0, ticks: vec![(0.0, words("none"))] },
        reference: 0.0,
        sides: Some((words("favours <active>"), words("favours control"))),
        alt: words("The difference was half a point."),
    }
}

fn grid(words_of: &str) -> Grid {
    let cell = |shade: u8| GridCell { text: shade.to_string(), shade, outlined: shade > 50, keys: Vec::new() };
    let row = GridRow { label: words(words_of), opens_group: true, cells: vec![cell(17), cell(83)] };
    let panel = |title: &str| GridPanel {
        title: format!("{title} {words_of}"),
        x_title: words("Occasion"),
        y_title: words("Thing"),
        columns: vec![words("First"), words("Last")],
        rows: vec![row.clone()],
    };
    Grid {
        panels: vec![panel("Left"), panel("Right")],
        legend: vec![(cell(99), format!("nearly all {words_of}"))],
        alt: words("Seventeen, then eighty-three."),
    }
}

fn set(report: &Report) -> Result<Pages, Error> {
    let templates = Templates::built_in("final").expect("there is a final report");
    typeset(report, &templates, &Stamp { ident: words("inputs"), creator: words("trialpress test"), moment: None })
}

fn pages(report: &Report) -> Pages {
    set(report).unwrap_or_else(|error| panic!("{error}"))
}

/// Text as it is compared: line breaks and spaces aside.
fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_text_of_the_displays_is_on_the_pages_and_acts_nowhere() {
    let mut hostile = table(vec![
        row(0, HOSTILE, &[HOSTILE, "<b>"]),
        row(0, "#heading[x]", &[]),
        row(1, "stub", &[&"x".repeat(5000), "2"]),
    ]);
    hostile.rows[0].cells[0].marks = vec![words("#")];
    let mut first = display("t-1", "Table 14.1.1", HOSTILE, Body::Table(hostile));
    first.estimand = vec![fact("*Treatment*", HOSTILE), fact("b", "c"), fact("d", "e")];
    first.footnotes = vec![
        Footnote { mark: Some(words("#")), text: words(HOSTILE) },
        Footnote { mark: None, text: words("Whole display $") },
    ];
    let mut told = report(vec![
        first,
        display("f-1", "Figure 14.1.1", "Response", Body::Plot(plot())),
        display("f-2", "Figure 14.1.2", "Flow", Body::Flow(flow())),
        display("f-3", "Figure 14.1.3", "Panels", Body::Panels(panels())),
        display("f-4", "Figure 14.1.4", "Forest", Body::Forest(forest(3, "#f <i>"))),
        display("f-5", "Figure 14.1.5", "Grid", Body::Grid(grid("$x$ & y"))),
    ]);
    told.sections.push(Section {
        texts: Vec::new(),
        number: words("14.2"),
        title: words(HOSTILE),
        displays: Vec::new(),
    });
    told.methods[0].paragraphs.push(words(HOSTILE));
    told.methods[0].rules.push(fact(HOSTILE, HOSTILE));
    told.provenance.warnings.push(words(HOSTILE));
    let pages = pages(&told);
    let text = packed(&pages.text.join("\n"));
    let hostile = packed(HOSTILE);
    // Contents, title, running title apart: section and display title twice, cell, stub, estimand, note, three others.
    assert!(text.matches(&hostile).count() >= 12, "{} times", text.matches(&hostile).count());
    // It goes on over pages, between their feet and heads.
    assert!(text.matches("xxxxx").count() >= 900);
    for expected in [
        "ABC-301",
        "Finalreport",
        "NCT0",
        "14.1",
        "Participants",
        "Table14.1.1",
        "Safetyset(N=40)",
        "*Treatment*",
        "Characteristic",
        "Randomisedto",
        "Control",
        "(N=20)",
        "#heading[x]",
        "Wholedisplay$",
        "ADSL;analysisx",
        "Visit",
        "Response(%)",
        "Baseline",
        "End24",
        "Arm<one>&more",
        "1/20",
        "7/20",
        "Withresponse/withdata",
        "Responsewas40%.",
        "Enrolment",
        "Follow-up",
        "Assessed(n=52):reason(n=1)",
        "Allocatedtocontrol(n=20)",
        "52assessed,40randomised.",
        "Leftpanel<b>",
        "Leftpanel<b>:Responsewas40%.Rightpanel:Responsewas40%.",
        "Analysis#f<i>",
        "#f<i>Line-2-of-3.",
        "−0.5(−2.0to1.0)",
        "favours<active>",
        "Thedifferencewashalfapoint.",
        "Right$x$&y",
        "Occasion",
        "Thing",
        "Last",
        "83",
        "nearlyall$x$&y",
        "Seventeen,theneighty-three.",
        "SAFFL='Y'",
        "0123456789abcdef",
        "9f2c41d0",
        "2026-05-11",
        "SIMULATEDDATA",
    ] {
        assert!(text.contains(expected), "{expected} is not on the pages");
    }
    assert_eq!(
        pages.figures.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        ["f-1", "f-2", "f-3", "f-4", "f-5"]
    );
}

#[test]
fn the_bytes_are_the_same_again() {
    let told = report(vec![
        display("t-1", "Table 14.1.1", "Numbers", Body::Table(long_table(120))),
        display("f-1", "Figure 14.1.1", "Response", Body::Plot(plot())),
        display("f-2", "Figure 14.1.2", "Panels", Body::Panels(panels())),
        display("f-3", "Figure 14.1.3", "Forest", Body::Forest(forest(120, "Analysis"))),
        display("f-4", "Figure 14.1.4", "Grid", Body::Grid(grid("Thing"))),
    ]);
    let (once, again) = (pages(&told), pages(&told));
    assert!(once == again, "two runs differ");
    assert!(once.pdf.starts_with(b"%PDF-1.7"));
}

#[test]
fn simulated_data_say_so_on_every_page_and_real_data_nowhere() {
    let mut told = report(vec![display("t-1", "Table 14.1.1", "Numbers", Body::Table(long_table(120)))]);
    assert!(pages(&told).text.iter().all(|page| page.contains("SIMULATED DATA")));
    told.front.simulated = false;
    assert!(pages(&told).text.iter().all(|page| !page.to_lowercase().contains("simulated")));
}

#[test]
fn following_pages_say_what_they_continue_and_hold_more_than_a_row() {
    let lengths = [40, 43, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 95, 97, 99, 100, 101, 102, 104];
    let displays = lengths.iter().map(|rows| {
        display(&format!("t-{rows}"), &format!("Table {rows}"), "Numbers of all kinds", Body::Table(long_table(*rows)))
    });
    let pages = pages(&report(displays.collect()));
    for rows in lengths {
        let own: Vec<&String> = pages.text.iter().filter(|page| page.contains(&format!("-of-{rows}."))).collect();
        assert!(!own[0].contains("(continued)"));
        for page in &own[1..] {
            assert!(page.contains(&format!("Table {rows} Numbers of all kinds (continued)")), "{page}");
            assert!(page.contains("Characteristic") && page.contains("Randomised to"), "the head is not repeated");
        }
        let on_last = own[own.len() - 1].matches(&format!("-of-{rows}.")).count();
        assert!(on_last >= 3, "{rows} rows leave {on_last} for the last page");
        assert!(own[own.len() - 1].contains("Source: ADSL"), "the source stands on a page of its own");
    }
}

#[test]
fn a_heading_is_repeated_over_its_own_rows_only() {
    let mut rows = vec![row(0, "First group", &[])];
    rows.extend((0..62).map(|n| row(1, &format!("first {n}"), &["1", "2"])));
    rows.push(row(0, "Second group", &[]));
    rows.extend((0..20).map(|n| row(1, &format!("second {n}"), &["1", "2"])));
    let pages = pages(&report(vec![display("t-1", "Table 1", "Groups", Body::Table(table(rows)))]));
    let own: Vec<&String> = pages.text.iter().filter(|page| page.contains("Active")).collect();
    assert_eq!(own.len(), 2);
    assert!(own[1].contains("First group") && own[1].contains("Second group"));
    assert_eq!(own[1].matches("First group").count(), 1);
}

#[test]
fn what_no_font_can_print_is_told_with_its_place() {
    let mut told = report(vec![display(
        "t-1",
        "Table 14.1.1",
        "Numbers",
        Body::Table(table(vec![row(0, "a", &["1", "\u{5E9}alom"]), row(0, "a\u{7}", &["1", "中"])])),
    )]);
    told.front.title = words("Привет, Ελλάδα");
    let error = set(&told).expect_err("three texts cannot be printed");
    assert_eq!((error.stage, error.findings.len()), (Stage::Typesetting, 3), "{error}");
    let text = error.to_string();
    assert!(text.contains("display t-1, row 1, column 2: the character U+05E9 “ש” cannot be printed"), "{text}");
    assert!(text.contains("display t-1, row 2, stub: the character U+0007 cannot be printed"), "{text}");
    assert!(text.contains("hint: the fonts of the report hold Latin, Greek and Cyrillic letters"), "{text}");
}

#[test]
fn a_display_that_contradicts_itself_is_refused() {
    let mut broken = table(vec![row(0, "a", &["1"])]);
    broken.spanners[0].columns = 7;
    let mut blind = plot();
    blind.alt.clear();
    let mut unlike = panels();
    unlike[1].plot.x.to = -48.0;
    let mut off = forest(2, "a");
    off.reference = 7.0;
    let mut dark = grid("a");
    dark.panels[1].rows[0].cells[0].shade = 150;
    let error = set(&report(vec![
        display("t-1", "Table 1", "Numbers", Body::Table(broken)),
        display("f-1", "Figure 1", "Response", Body::Plot(blind)),
        display("f-2", "Figure 2", "Panels", Body::Panels(unlike)),
        display("f-3", "Figure 3", "Forest", Body::Forest(off)),
        display("f-4", "Figure 4", "Grid", Body::Grid(dark)),
    ]));
    let text = error.map_or_else(|error| error.to_string(), |_| words("not refused"));
    for expected in [
        "row 1 has 1 cells for 2 columns",
        "spans 7 columns",
        "no description",
        "the horizontal axis runs from 0 to -48",
        "display f-3: the reference at 7 is off the axis",
        "display f-4: panel 2, row 1: a cell has the shade 150",
    ] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn what_no_font_can_print_is_found_in_every_kind_of_figure() {
    let bad = "\u{5E9}";
    let mut side = panels();
    side[1].title.push_str(bad);
    let mut sided = forest(2, "a");
    sided.sides = Some((words(bad), words("b")));
    let mut shaded = grid("a");
    shaded.panels[0].rows[0].cells[1].text.push_str(bad);
    shaded.legend[0].1.push_str(bad);
    let error = set(&report(vec![
        display("f-1", "Figure 1", "Panels", Body::Panels(side)),
        display("f-2", "Figure 2", "Forest", Body::Forest(sided)),
        display("f-3", "Figure 3", "Grid", Body::Grid(shaded)),
    ]));
    let error = error.expect_err("four texts cannot be printed");
    assert_eq!(error.findings.len(), 4, "{error}");
    for expected in ["f-1, panel 2, title", "f-2, words at the sides", "f-3, panel 1, row 1, column 2", "f-3, legend"] {
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_figure_of_several_pages_is_whole_and_says_what_it_continues() {
    let told = report(vec![
        display("f-1", "Figure 1", "All analyses", Body::Forest(forest(120, "Analysis"))),
        display("f-2", "Figure 2", "Grid", Body::Grid(grid("Thing"))),
    ]);
    let pages = pages(&told);
    let own: Vec<&String> = pages.text.iter().filter(|page| page.contains("-of-120.")).collect();
    assert!(own.len() > 1);
    for line in 0..120 {
        let times: usize = own.iter().map(|page| page.matches(&format!("Line-{line}-of-120.")).count()).sum();
        assert_eq!(times, 1, "line {line} is there {times} times");
    }
    assert!(own[1..].iter().all(|page| page.contains("Figure 1 All analyses (continued)") && page.contains("Points")));
    assert!(own[own.len() - 1].contains("Source: ADSL") && !own[0].contains("Source: ADSL"));
    assert_eq!(pages.text.iter().filter(|page| page.contains("half a point")).count(), 1);
    let ids: Vec<&str> = pages.figures.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((ids[0], ids[1], ids[ids.len() - 1]), ("f-1", "f-1-part-2", "f-2"));
}

#[test]
fn figures_too_large_for_paper_are_refused_all_at_once() {
    let mut wide = forest(2, "a");
    wide.rows[0].cells[0].text = words(&"123 ".repeat(100));
    let mut long = grid("a");
    long.panels[0].rows = vec![long.panels[0].rows[0].clone(); 200];
    let error = set(&report(vec![
        display("f-1", "Figure 1", "Forest", Body::Forest(wide)),
        display("f-2", "Figure 2", "Grid", Body::Grid(long)),
    ]));
    let text = error.map_or_else(|error| error.to_string(), |_| words("not refused"));
    assert!(
        text.contains("display f-1: the figure does not fit") && text.contains("display f-2: the figure"),
        "{text}"
    );
}

#[test]
fn dates_and_languages_are_checked() {
    for (date, tag) in
        [("11 May 2026", "en-GB"), ("2026-02-30", "en"), ("2026-05-11", "english"), ("2026-05-11", "en-")]
    {
        let mut told = report(Vec::new());
        told.front.lock_date = words(date);
        told.front.language = words(tag);
        assert!(set(&told).is_err(), "{date} {tag}");
    }
    assert!(set(&report(Vec::new())).is_ok());
}
