//! The report as a value: front matter, sections, displays. Everything is text, arranged; nothing is drawn yet.

use serde::Serialize;

pub use crate::display::diagrams::{Card, CardGroup, Flow, FlowBox, FlowLine, FlowStage, Snapshot};
pub use crate::display::lanes::{Lane, LaneGroup, Lanes, Segment};
use crate::results::Key;

/// A complete report, ready for ink.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The title page.
    pub front: Front,
    /// The numbered sections, in order.
    pub sections: Vec<Section>,
    /// The statistical methods, a paragraph each.
    pub methods: Vec<MethodsParagraph>,
    /// Where everything came from.
    pub provenance: Provenance,
}

/// The title page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Front {
    /// Title of the study.
    pub title: String,
    /// What kind of report it is: "Final report".
    pub kind: String,
    /// Identifier of the study.
    pub study: String,
    /// Status, as the specification words it.
    pub status: String,
    /// Lines of the title page: label and text, such as registry number, design, lock date.
    pub facts: Vec<Fact>,
    /// The date of the lock, `YYYY-MM-DD`; the date of the document. Empty in shells, which have no data.
    pub lock_date: String,
    /// Short fingerprint of lock and specification, for the foot of each page.
    pub fingerprint: String,
    /// Whether the data are simulated; then every page says so.
    pub simulated: bool,
    /// The session of a board in which it is read, as every page says it; empty outside a board.
    pub session: String,
    /// The last day of the data, `YYYY-MM-DD`, as every page of a board's report says it; empty otherwise.
    pub cut_off: String,
    /// What else every page says of itself: that it is a draft, or has codes of a dry run.
    pub signs: Vec<String>,
    /// Language tag of the text, such as "en-GB".
    pub language: String,
}

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The text.
    pub text: String,
}

/// A numbered section with its displays.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// Number, such as "14.1".
    pub number: String,
    /// Title.
    pub title: String,
    /// Text before the displays.
    pub texts: Vec<SectionText>,
    /// Displays, in order.
    pub displays: Vec<Display>,
}

/// A text of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionText {
    /// Identifier in the specification; pages can be told by it.
    pub id: String,
    /// Heading; none if empty.
    pub heading: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// A table or a figure, with all that stands around it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Display {
    /// Identifier in the specification: `t-14-1-1`.
    pub id: String,
    /// "Table 14.1.1" or "Figure 14.2.1".
    pub number: String,
    /// Title.
    pub title: String,
    /// Who is analysed: "Intention-to-treat set (N = 40)".
    pub subtitle: String,
    /// The estimand, attribute by attribute; empty where the display has none.
    pub estimand: Vec<Fact>,
    /// What is shown.
    pub body: Body,
    /// Footnotes, in order. The mark of a scoped one also stands behind the cells or stubs it belongs to.
    pub footnotes: Vec<Footnote>,
    /// Where the numbers came from: datasets and analyses, one line.
    pub source: String,
}

/// A footnote of one display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Footnote {
    /// The mark, "a", "b" …; none for a note on the whole display.
    pub mark: Option<String>,
    /// The text.
    pub text: String,
}

/// What a display shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// A table (or a listing, which is one).
    Table(Table),
    /// A plot with axes.
    Plot(Plot),
    /// A diagram of boxes.
    Flow(Flow),
    /// Plots side by side on the same axes.
    Panels(Vec<Panel>),
    /// Plots one below the other on the same horizontal axis: the first as high as two of the others.
    Stack(Vec<Panel>),
    /// Estimates with their intervals on one scale, a line each.
    Forest(Forest),
    /// Tables of shaded cells.
    Grid(Grid),
    /// Lanes over time, one a subject or an event.
    Lanes(Lanes),
    /// Shares of each arm and their differences, a line each.
    Dots(Dots),
    /// A page of large numbers.
    Snapshot(Snapshot),
    /// A page or more for each of some subjects.
    Profiles(Vec<Profile>),
}

/// A table: a stub and columns of cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// What stands above the stub.
    pub stub_head: String,
    /// The columns beside the stub.
    pub columns: Vec<Column>,
    /// Headings that span columns, in order; empty for none.
    pub spanners: Vec<Spanner>,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Heading, a line each: arm label, then "(N = 20)".
    pub head: Vec<String>,
    /// Where the cells stand.
    pub align: Align,
}

/// How the cells of a column are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// Words.
    Left,
    /// Numbers: cells are padded with figure spaces before the decimal point, so that they align when set flush left;
    /// the block as a whole stands in the middle of the column.
    Decimal,
}

/// A heading over several columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spanner {
    /// Text.
    pub text: String,
    /// First column spanned, from 0 (the stub does not count).
    pub first: usize,
    /// Number of columns spanned.
    pub columns: usize,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableRow {
    /// Depth of the stub, from 0.
    pub indent: u8,
    /// The stub.
    pub stub: String,
    /// A heading has no cells and belongs to what follows it.
    pub heading: bool,
    /// A little room above: a new group begins.
    pub opens_group: bool,
    /// The cells, one a column (none in a heading).
    pub cells: Vec<Cell>,
}

/// A cell, which remembers which results it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// Marks of scoped footnotes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// What the page numbers behind the text are those of: a display or text by its identifier, `section 14.1`, `title`,
    /// `methods` or `provenance`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pages_of: Vec<String>,
    /// Keys of the results shown.
    #[serde(skip)]
    pub keys: Vec<Key>,
}

/// A plot: series of marks over two axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plot {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The series: one an arm, in the order of the arms, or one a subject.
    pub series: Vec<Series>,
    /// Lines across the plot.
    pub lines: Vec<ReferenceLine>,
    /// Rows under the plot, aligned with the ticks of the horizontal axis ("n/N by visit").
    pub under: Vec<UnderRow>,
    /// Heading of the rows under the plot.
    pub under_head: String,
    /// What the plot shows, in words and numbers, for those who cannot see it.
    pub alt: String,
}

/// A line across a plot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceLine {
    /// Upright, at a horizontal position.
    Vertical(f64),
    /// Level, at a vertical position.
    Horizontal(f64),
    /// Through all points whose two positions are equal.
    Diagonal,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Axis {
    /// Title with unit.
    pub title: String,
    /// First value.
    pub from: f64,
    /// Last value.
    pub to: f64,
    /// Ticks: position and label.
    pub ticks: Vec<(f64, String)>,
    /// Whether it is logarithmic; all positions are then above zero.
    pub log: bool,
}

/// The place among the arms of the only arm of a study: it has no look of an arm, for there is nothing to tell apart.
pub const POOLED: usize = usize::MAX;

/// The marks of one arm.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Series {
    /// Label in the legend; an empty one has no entry there.
    pub label: String,
    /// Position among the arms: colour, symbol and line style follow it in every figure. [`POOLED`] has the neutral one.
    pub arm: usize,
    /// How the marks are joined.
    pub style: SeriesStyle,
    /// The marks, from left to right.
    pub marks: Vec<Mark>,
    /// Where a step function has censored subjects: horizontal and vertical position of a small tick.
    pub censored: Vec<(f64, f64)>,
}

/// How marks are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeriesStyle {
    /// Symbols with intervals, joined by lines.
    #[default]
    Points,
    /// Symbols where they are, joined by lines: of one thing at several places, not of arms at the same one.
    Joined,
    /// A step function: each value holds until the next mark, the last to the end of the axis. Intervals are bands.
    Steps,
    /// A thin line without symbols: one of many subjects.
    Thin,
    /// Symbols, not joined.
    Scatter,
    /// Boxes: the mark is the median, its quartiles the box, its interval the whiskers.
    Boxes,
    /// Bars from zero to the mark.
    Bars,
    /// A dashed line whose intervals are a band with straight edges: what is to be expected.
    Fan,
    /// Open symbols joined by a line, in no arm’s colour: what was planned.
    Planned,
}

/// One of several plots side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// What stands above it, such as the label of an arm.
    pub title: String,
    /// The plot.
    pub plot: Plot,
}

/// Estimates with their intervals on one scale, a line each, beside columns of text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forest {
    /// What stands above the stubs.
    pub stub_head: String,
    /// The columns of text between the stubs and the scale.
    pub columns: Vec<Column>,
    /// The lines.
    pub rows: Vec<ForestRow>,
    /// The scale.
    pub axis: Axis,
    /// Where there is no difference.
    pub reference: f64,
    /// What lies left and right of it, in words: "favours …".
    pub sides: Option<(String, String)>,
    /// The figure in words and numbers.
    pub alt: String,
}

/// A line of a forest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForestRow {
    /// Depth of the stub, from 0.
    pub indent: u8,
    /// The stub.
    pub stub: String,
    /// A heading has neither cells nor mark.
    pub heading: bool,
    /// The main analysis: its mark is a larger, filled one.
    pub main: bool,
    /// The cells, one a column.
    pub cells: Vec<Cell>,
    /// The estimate and its interval; none where it is not estimable.
    pub mark: Option<(f64, (f64, f64))>,
    /// Keys of the results the mark shows.
    #[serde(skip)]
    pub keys: Vec<Key>,
}

/// Tables of shaded cells: a heat map, or the outcomes of all completions of missing data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grid {
    /// The tables, side by side where they fit.
    pub panels: Vec<GridPanel>,
    /// What shades and outlines mean: an example of a cell and words.
    pub legend: Vec<(GridCell, String)>,
    /// The figure in words and numbers.
    pub alt: String,
}

/// A table of shaded cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridPanel {
    /// What stands above it.
    pub title: String,
    /// What the columns are; empty where their labels say it.
    pub x_title: String,
    /// What the rows are; empty where their labels say it.
    pub y_title: String,
    /// Labels of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<GridRow>,
}

/// A row of shaded cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridRow {
    /// Its label.
    pub label: String,
    /// A little room above: a new group begins.
    pub opens_group: bool,
    /// The cells, one a column.
    pub cells: Vec<GridCell>,
}

/// A shaded cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GridCell {
    /// Its text, which must be readable on its shade.
    pub text: String,
    /// How dark, from 0 (paper) to 100.
    pub shade: u8,
    /// Whether it has a heavy outline.
    pub outlined: bool,
    /// Keys of the results shown.
    #[serde(skip)]
    pub keys: Vec<Key>,
}

/// A mark of a plot.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Mark {
    /// Horizontal position.
    pub x: f64,
    /// Vertical position; none where the statistic is not estimable.
    pub y: Option<f64>,
    /// Lower and upper end of its interval.
    pub interval: Option<(f64, f64)>,
    /// Lower and upper quartile, of a box.
    pub quartiles: Option<(f64, f64)>,
    /// A short text beside it, such as the identifier of a subject.
    pub label: Option<String>,
    /// Keys of the results shown.
    #[serde(skip)]
    pub keys: Vec<Key>,
}

/// Shares of each arm as symbols on one scale, and differences with their intervals on a second one, a line each.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Dots {
    /// What stands above the stubs.
    pub stub_head: String,
    /// The labels of the arms, for the legend.
    pub arms: Vec<String>,
    /// The labels of the grades, from the lowest: shares are bars, divided by grade. Without, they are symbols.
    pub grades: Vec<String>,
    /// The scale of the shares, in percent.
    pub shares: Axis,
    /// The scale of the differences, in percentage points; 0 is no difference. None where no arms are compared.
    pub differences: Option<Axis>,
    /// What lies left and right of no difference.
    pub sides: Option<(String, String)>,
    /// The lines.
    pub rows: Vec<DotRow>,
    /// The figure in words and numbers.
    pub alt: String,
}

/// A line of shares and differences.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DotRow {
    /// Depth of the stub, from 0.
    pub indent: u8,
    /// The stub.
    pub stub: String,
    /// A heading has no marks.
    pub heading: bool,
    /// The share of each arm, in percent.
    pub shares: Vec<Option<f64>>,
    /// Of each arm the share of each grade, in percent, where there are grades.
    pub grades: Vec<Vec<f64>>,
    /// The difference of each compared arm (position of the arm, estimate, interval).
    pub differences: Vec<(usize, f64, (f64, f64))>,
    /// Keys of the results shown.
    #[serde(skip)]
    pub keys: Vec<Key>,
}

/// The pages of one subject.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Profile {
    /// Heading: the subject and the arm.
    pub title: String,
    /// Facts about the subject.
    pub facts: Vec<Fact>,
    /// Paragraphs.
    pub paragraphs: Vec<String>,
    /// What happened when.
    pub lanes: Option<Lanes>,
    /// Values over time.
    pub plots: Vec<Panel>,
    /// Listings: title and table.
    pub tables: Vec<(String, Table)>,
}

/// A row of text under a plot, one entry a tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnderRow {
    /// Label, in the arm's colour.
    pub label: String,
    /// Position among the arms.
    pub arm: usize,
    /// One text for each tick of the horizontal axis.
    pub cells: Vec<Cell>,
}

/// One paragraph of the methods section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MethodsParagraph {
    /// Heading: "Analysis sets".
    pub heading: String,
    /// Text, one paragraph each.
    pub paragraphs: Vec<String>,
    /// Definitions in a table-like list: name and rule; set in a monospaced face.
    pub rules: Vec<Fact>,
}

/// The provenance page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Program, specification, lock: label and text.
    pub facts: Vec<Fact>,
    /// The locked datasets.
    pub datasets: Vec<LockedDataset>,
    /// Warnings of the run, in full.
    pub warnings: Vec<String>,
}

/// One locked dataset, as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockedDataset {
    /// Name.
    pub name: String,
    /// File.
    pub file: String,
    /// Records and variables.
    pub records: String,
    /// Number of variables.
    pub variables: String,
    /// SHA-256, in full.
    pub sha256: String,
}
