//! A table on paper: widths of its columns, size of its type, how the paper lies, and where its pages end.
//!
//! All is measured here with the real fonts, so that Typst need not try: with columns and rows fixed and no padding
//! around cells it sets a table in a fraction of the time. So the air between columns is gutter, the air between rows
//! belongs to the lines of text, and only rows whose text wraps are left for Typst to measure. Numbers never wrap;
//! stubs and words do, and words wider than their column break anywhere.

use serde_json::{Value, json};

use super::fonts::{Face, Fonts};
use super::sheet::{Turn, lines_height, small};
use super::text;
use crate::display::{Align, Cell, Column, Table, TableRow};

/// What is tried, in this order: large type before small, upright before on its side.
const WAYS: [(Turn, f64); 8] = [
    (Turn::Portrait, 8.2),
    (Turn::Portrait, 7.8),
    (Turn::Landscape, 8.2),
    (Turn::Landscape, 7.8),
    (Turn::Portrait, 7.2),
    (Turn::Landscape, 7.2),
    (Turn::Landscape, 6.6),
    (Turn::Landscape, 6.0),
];
/// Room at either side of a cell.
const PAD: f64 = 4.5;
/// Room above and below the text of a cell, as a share of the size; more where rows of several lines must be told apart.
const ROOM: f64 = 0.45;
const ROOM_OF_WORDS: f64 = 0.66;
const TIGHT: f64 = 0.3;
/// More room above a row that opens a group.
const GROUP: f64 = 0.6;
/// Indent of a level of the stub.
const INDENT: f64 = 1.15;
/// Beyond this a cell of a column of numbers counts as words and may wrap.
const NUMBER_AT_MOST: f64 = 150.0;
/// Letters are drawn together and apart by kerning; this much is kept in hand, in points.
const IN_HAND: f64 = 0.8;
/// Marks of footnotes, as a share of the size.
const MARK: f64 = 0.68;
/// A last page with fewer rows looks forgotten.
const FEWEST_ROWS: usize = 3;

/// A table laid out.
pub struct Sheet {
    /// How the paper lies.
    pub turn: Turn,
    size: f64,
    /// Above and below the text of a cell.
    air: f64,
    /// Left empty at the foot of the first page.
    hold: f64,
    widths: Vec<f64>,
    left: Vec<f64>,
}

/// What a column would like: the least width it can bear, the width at which its head does not wrap (and a stub reads
/// well), and the width at which nothing wraps.
#[derive(Clone, Copy, Debug)]
struct Wish {
    least: f64,
    good: f64,
    most: f64,
}

impl Sheet {
    /// Lays the table out.
    pub fn lay_out(table: &Table) -> Self {
        for (turn, size) in WAYS {
            let wishes = wishes(table, size, turn.width());
            if wishes.iter().map(|wish| wish.least).sum::<f64>() <= turn.width() {
                return Self::of(table, turn, size, share_out(table, &wishes, turn.width()));
            }
        }
        let (turn, size) = WAYS[WAYS.len() - 1];
        let wishes = wishes(table, size, turn.width());
        let scale = turn.width() / wishes.iter().map(|wish| wish.least).sum::<f64>();
        Self::of(table, turn, size, wishes.iter().map(|wish| wish.least * scale).collect())
    }

    fn of(table: &Table, turn: Turn, size: f64, widths: Vec<f64>) -> Self {
        let mut left = vec![0.0];
        for (index, column) in table.columns.iter().enumerate() {
            let block = match column.align {
                Align::Left => 0.0,
                Align::Decimal => cells_of(table, index)
                    .map(|cell| Fonts::get().width(Face::Sans, size, &cell.text))
                    .filter(|width| *width <= NUMBER_AT_MOST)
                    .fold(0.0, f64::max),
            };
            let centred = (widths[index + 1] - block) / 2.0;
            left.push(if block > 0.0 { centred.clamp(1.0, f64::MAX) } else { PAD });
        }
        let mut sheet = Self { turn, size, air: ROOM * size, hold: 0.0, widths, left };
        let single = sheet.row_height(&empty_row());
        let several = table.rows.iter().filter(|row| sheet.row_height(row) > single + size).count();
        if several * 4 > table.rows.len() {
            sheet.air = ROOM_OF_WORDS * size;
        }
        sheet
    }

    /// Width that the text of a column has.
    fn room(&self, column: usize) -> f64 {
        (self.widths[column] - self.left[column] - self.right(column)).max(self.size)
    }

    /// Kept free at the right of a column. A block of numbers is centred, so that it has room there already.
    fn right(&self, column: usize) -> f64 {
        if column == 0 || column + 1 < self.widths.len() && self.left[column] <= PAD { PAD } else { 0.0 }
    }

    /// Free from the text of the column before to that of this one.
    fn gutters(&self) -> Vec<f64> {
        (1..self.widths.len()).map(|column| self.right(column - 1) + self.left[column]).collect()
    }

    fn stub_room(&self, row: &TableRow) -> f64 {
        let whole = if row.heading { self.widths.iter().sum() } else { self.widths[0] };
        (whole - PAD - self.indent(row)).max(self.size)
    }

    fn indent(&self, row: &TableRow) -> f64 {
        f64::from(row.indent.min(8)) * INDENT * self.size
    }

    /// What the templates read. `above` is what stands above the table on its first page, `below` what follows it.
    pub fn as_json(mut self, table: &Table, above: f64, below: f64) -> Value {
        self.settle(table, above, below);
        let repeats = repeats(&table.rows);
        let rows: Vec<Value> = (0..table.rows.len()).map(|at| self.row(table, at, repeats[at])).collect();
        json!({
            "size": self.size,
            "widths": (0..self.widths.len()).map(|column| self.room(column)).collect::<Vec<_>>(),
            "gutters": self.gutters(),
            "left": self.left,
            "pad": PAD,
            "air": self.air / self.size,
            "mark": MARK,
            "head": self.head(table),
            "rows": rows,
            "hold": self.hold,
        })
    }

    fn row(&self, table: &Table, at: usize, repeat: bool) -> Value {
        let row = &table.rows[at];
        let stub = text::line(&row.stub);
        let stub = text::breakable(Face::Sans, self.size, &stub, self.stub_room(row) - IN_HAND);
        let mut out = json!({ "stub": stub });
        if row.indent > 0 {
            out["indent"] = json!(self.indent(row));
        }
        // The gap before a group hangs below the row above it: at the head of a page there is none.
        let gap = table.rows.get(at + 1).is_some_and(|next| next.opens_group);
        let gap = if gap { GROUP * self.size } else { 0.0 };
        if self.is_one_line(row) {
            out["height"] = json!(self.line_height() + gap);
        } else {
            out["gap"] = json!(gap);
        }
        if row.heading {
            out["level"] = json!(u32::from(row.indent) + 2);
            out["repeat"] = json!(repeat);
            return out;
        }
        if self.row_height(row) > self.turn.height() * 0.3 {
            out["long"] = json!(true);
        }
        let cells = row.cells.iter().enumerate().map(|(index, cell)| {
            let words = text::line(&cell.text);
            let words = text::breakable(Face::Sans, self.size, &words, self.room(index + 1) - IN_HAND);
            if cell.marks.is_empty() { json!(words) } else { json!([words, cell.marks.join(",")]) }
        });
        out["cells"] = cells.collect();
        if row.cells.iter().any(|cell| !cell.marks.is_empty()) {
            out["marks"] = json!(true);
        }
        out
    }

    fn line_height(&self) -> f64 {
        lines_height(1, self.size) + 2.0 * self.air
    }

    /// Whether no text of the row can wrap, so that its height is known for certain.
    fn is_one_line(&self, row: &TableRow) -> bool {
        let fits = |face: Face, words: &str, room: f64| Fonts::get().width(face, self.size, words) + IN_HAND <= room;
        let face = if row.heading { Face::SansBold } else { Face::Sans };
        fits(face, &row.stub, self.stub_room(row))
            && row.cells.iter().enumerate().all(|(index, cell)| {
                let marks = Fonts::get().width(Face::Sans, self.size * MARK, &cell.marks.join(","));
                fits(Face::Sans, &cell.text, self.room(index + 1) - marks)
            })
    }

    /// The head, a list of rows of cells.
    fn head(&self, table: &Table) -> Value {
        let (placed, depth) = levels(table);
        let cell = |lines: &[String], width: f64| -> Value {
            let lines = lines.iter().map(|line| {
                let line = text::line(line);
                let line = text::glued(&line);
                text::breakable(Face::SansBold, self.size, &line, width - PAD - IN_HAND).into_owned()
            });
            json!({ "lines": lines.collect::<Vec<_>>() })
        };
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for level in 0..=depth {
            let mut row = Vec::new();
            if level == 0 {
                let mut stub = cell(std::slice::from_ref(&table.stub_head), self.widths[0]);
                stub["rowspan"] = json!(depth + 1);
                stub["stub"] = json!(true);
                row.push(stub);
            }
            let mut index = 0;
            while index < table.columns.len() {
                // Cells begin where the text of their column does; heads reach over the whole column.
                let reach = self.left[index + 1];
                let spanner = placed.iter().find(|(at, spanner)| *at == level && spanner.first == index);
                // The first level below every spanner of this column is where its own head begins.
                let under = placed
                    .iter()
                    .filter(|(_, spanner)| (spanner.first..spanner.first + spanner.columns).contains(&index))
                    .map(|(at, _)| at + 1)
                    .max()
                    .unwrap_or(0);
                if let Some((_, spanner)) = spanner {
                    let width = self.widths[index + 1..=index + spanner.columns].iter().sum();
                    let mut one = cell(std::slice::from_ref(&spanner.text), width);
                    one["colspan"] = json!(spanner.columns);
                    one["spanner"] = json!(reach - PAD);
                    row.push(one);
                    index += spanner.columns;
                    continue;
                }
                if level == under {
                    let column = &table.columns[index];
                    let mut one = cell(&column.head, self.widths[index + 1]);
                    one["rowspan"] = json!(depth + 1 - level);
                    if column.align == Align::Decimal {
                        one["reach"] = json!(reach);
                    }
                    row.push(one);
                } else if level < under {
                    row.push(json!({ "lines": [], "reach": 0 }));
                }
                index += 1;
            }
            rows.push(row);
        }
        json!(rows)
    }

    fn row_height(&self, row: &TableRow) -> f64 {
        let high = |words: &str, width: f64| {
            // Most texts fit at once: no need to break them to know it.
            if Fonts::get().width(Face::Sans, self.size, words) <= width {
                return lines_height(1, self.size);
            }
            lines_height(text::wrap(Face::Sans, self.size, words, width).len(), self.size)
        };
        let cells = row.cells.iter().enumerate().map(|(index, cell)| high(&cell.text, self.room(index + 1)));
        let text = cells.fold(high(&row.stub, self.stub_room(row)), f64::max);
        text + 2.0 * self.air + if row.opens_group { GROUP * self.size } else { 0.0 }
    }

    fn head_height(&self, table: &Table) -> f64 {
        let (placed, depth) = levels(table);
        let high = |lines: &[String], width: f64| {
            let lines: usize =
                lines.iter().map(|line| text::wrap(Face::SansBold, self.size, line, width - PAD).len()).sum();
            lines_height(lines, self.size) + 2.0 * self.air
        };
        let columns =
            table.columns.iter().enumerate().map(|(index, column)| high(&column.head, self.widths[index + 1]));
        let spanners = small(depth) * if placed.is_empty() { 0.0 } else { lines_height(1, self.size) + 8.0 };
        columns.fold(high(std::slice::from_ref(&table.stub_head), self.widths[0]), f64::max) + spanners + 2.0
    }

    /// Chooses the air in the rows and how much of the first page to leave empty, so that a table that nearly fits on
    /// one page does, and that the last page of a longer one does not hold a forgotten row or two.
    fn settle(&mut self, table: &Table, above: f64, below: f64) {
        let usual = self.air;
        for air in [usual, ROOM * self.size, TIGHT * self.size] {
            self.air = air.min(usual);
            if self.paginate(table, above, below, 0.0).pages == 1 {
                return;
            }
        }
        self.air = usual;
        let free = self.paginate(table, above, below, 0.0);
        if free.rows_on_last >= FEWEST_ROWS || table.rows.len() <= FEWEST_ROWS {
            return;
        }
        // Hold back row by row until enough stand on the last page, as long as no further page is needed; best where
        // a group begins there.
        let typical = self.row_height(&empty_row());
        let held: Vec<(f64, Breaks)> = (1..=14)
            .map(|step| small(step) * typical)
            .take_while(|held| *held < self.turn.height() / 3.0)
            .map(|held| (held, self.paginate(table, above, below, held)))
            .filter(|(_, breaks)| breaks.pages == free.pages && breaks.rows_on_last >= FEWEST_ROWS)
            .collect();
        let opens = |row: &TableRow| row.heading || row.opens_group;
        let best = held.iter().find(|(_, breaks)| opens(&table.rows[breaks.first_on_last]));
        self.hold = best.or_else(|| held.first()).map_or(0.0, |(held, _)| *held);
    }

    /// Where Typst will end the pages when so much of the first is held back.
    fn paginate(&self, table: &Table, above: f64, below: f64, held: f64) -> Breaks {
        let head = self.head_height(table);
        let heights: Vec<f64> = table.rows.iter().map(|row| self.row_height(row)).collect();
        let mut left = self.turn.height() - above - head - held;
        let mut breaks = Breaks { pages: 1, rows_on_last: 0, first_on_last: 0 };
        for (index, height) in heights.iter().enumerate() {
            // A heading moves on together with the row it heads.
            let next = if table.rows[index].heading { heights.get(index + 1).copied().unwrap_or(0.0) } else { 0.0 };
            if height + next > left && breaks.rows_on_last > 0 {
                breaks = Breaks { pages: breaks.pages + 1, rows_on_last: 0, first_on_last: index };
                left = self.turn.height() - head;
            }
            breaks.rows_on_last += 1;
            left -= height;
        }
        if below > left {
            breaks =
                Breaks { pages: breaks.pages + 1, rows_on_last: 0, first_on_last: heights.len().saturating_sub(1) };
        }
        breaks
    }
}

/// The pages of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Breaks {
    pages: usize,
    rows_on_last: usize,
    first_on_last: usize,
}

fn empty_row() -> TableRow {
    TableRow { indent: 0, stub: String::new(), heading: false, opens_group: false, cells: Vec::new() }
}

fn cells_of(table: &Table, column: usize) -> impl Iterator<Item = &Cell> {
    table.rows.iter().filter_map(move |row| row.cells.get(column))
}

/// Where each spanner stands, from the top, and how many levels there are.
fn levels(table: &Table) -> (Vec<(usize, &crate::display::Spanner)>, usize) {
    let mut placed: Vec<(usize, &crate::display::Spanner)> = Vec::new();
    for spanner in &table.spanners {
        let overlaps = |other: &crate::display::Spanner| {
            spanner.first < other.first + other.columns && other.first < spanner.first + spanner.columns
        };
        let level = placed.iter().filter(|(_, other)| overlaps(other)).map(|(level, _)| level + 1).max().unwrap_or(0);
        placed.push((level, spanner));
    }
    let depth = placed.iter().map(|(level, _)| level + 1).max().unwrap_or(0);
    (placed, depth)
}

/// Which headings may stand again on a following page: those whose whole group is deeper than they are. A heading
/// whose group is ended by a plain row would otherwise be printed over rows that are not its own.
fn repeats(rows: &[TableRow]) -> Vec<bool> {
    let own =
        |at: usize| rows[at + 1..].iter().find(|row| row.indent <= rows[at].indent).is_none_or(|next| next.heading);
    let mut out: Vec<bool> = (0..rows.len()).map(|at| rows[at].heading && own(at)).collect();
    // Below a heading that stays behind, a deeper one would stand alone without it.
    for at in 0..rows.len() {
        let parent = rows[..at].iter().rposition(|row| row.heading && row.indent < rows[at].indent);
        if parent.is_some_and(|parent| !out[parent]) {
            out[at] = false;
        }
    }
    out
}

fn wishes(table: &Table, size: f64, width: f64) -> Vec<Wish> {
    let fonts = Fonts::get();
    let head = text::longest_word(Face::SansBold, size, &table.stub_head).min(110.0) + PAD + IN_HAND;
    let whole = fonts.width(Face::SansBold, size, &table.stub_head).min(width * 0.3) + PAD + IN_HAND;
    let mut stub = Wish { least: head, good: whole, most: whole };
    for row in table.rows.iter().filter(|row| !row.heading) {
        let indent = f64::from(row.indent.min(8)) * INDENT * size + PAD + IN_HAND;
        stub.least = stub.least.max(text::longest_word(Face::Sans, size, &row.stub).min(110.0) + indent);
        stub.most = stub.most.max(fonts.width(Face::Sans, size, &row.stub) + indent);
    }
    stub.most = stub.most.min(width * 0.62).max(stub.least);
    // A stub of a word a line is not read; keep a fair part of the page for it.
    stub.least = stub.least.max(stub.most.min(width * 0.24));
    stub.good = stub.most.min(stub.good.max(stub.least).max(width * 0.36));
    let columns =
        table.columns.iter().enumerate().map(|(index, column)| column_wish(table, index, column, size, width));
    let mut wishes: Vec<Wish> = std::iter::once(stub).chain(columns).collect();
    for spanner in &table.spanners {
        let spanned = &mut wishes[spanner.first + 1..=spanner.first + spanner.columns];
        let need = fonts.width(Face::SansBold, size, &spanner.text).min(260.0) + 2.0 * PAD + IN_HAND;
        let missing = (need - spanned.iter().map(|wish| wish.good).sum::<f64>()).max(0.0) / small(spanned.len());
        for wish in spanned {
            wish.good += missing;
            wish.most = wish.most.max(wish.good);
        }
    }
    // What has the same head is the same kind of number under every arm.
    for (index, column) in table.columns.iter().enumerate() {
        let alike = |other: &(usize, &Column)| other.1.head == column.head && other.1.align == column.align;
        let same: Vec<usize> = table.columns.iter().enumerate().filter(alike).map(|(other, _)| other + 1).collect();
        let over = |get: fn(&Wish) -> f64| same.iter().map(|other| get(&wishes[*other])).fold(0.0, f64::max);
        wishes[index + 1] =
            Wish { least: over(|wish| wish.least), good: over(|wish| wish.good), most: over(|wish| wish.most) };
    }
    wishes
}

fn column_wish(table: &Table, index: usize, column: &Column, size: f64, width: f64) -> Wish {
    let fonts = Fonts::get();
    let head = |line: &String| text::glued(&text::line(line)).into_owned();
    let words =
        column.head.iter().map(|line| text::longest_word(Face::SansBold, size, &head(line))).fold(0.0, f64::max);
    let lines = column.head.iter().map(|line| fonts.width(Face::SansBold, size, line)).fold(0.0, f64::max);
    let pads = 2.0 * PAD + IN_HAND;
    let mut wish = Wish { least: words.min(90.0) + pads, good: lines.min(130.0) + pads, most: lines.min(130.0) + pads };
    for cell in cells_of(table, index) {
        let marks: f64 =
            if cell.marks.is_empty() { 0.0 } else { fonts.width(Face::Sans, size * MARK, &cell.marks.join(",")) + 0.5 };
        let whole = fonts.width(Face::Sans, size, &cell.text);
        let number = column.align == Align::Decimal && whole <= NUMBER_AT_MOST;
        let least = if number {
            // The block is centred: a mark at its right needs the same room at its left.
            whole + 2.0 * marks
        } else {
            text::longest_word(Face::Sans, size, &cell.text).min(100.0).max((whole * 0.4).min(110.0)) + marks
        };
        wish.least = wish.least.max(least + pads);
        wish.most = wish.most.max((whole + 2.0 * marks).min(width * 0.5) + pads);
    }
    wish.good = wish.good.max(wish.least);
    wish.most = wish.most.max(wish.good);
    wish
}

/// Brings `widths` nearer to what is wanted with `left` points: small wants are met first.
fn fill(widths: &mut [f64], wanted: impl Fn(usize) -> f64, mut left: f64) -> f64 {
    let mut order: Vec<usize> = (0..widths.len()).collect();
    let want = |widths: &[f64], index: usize| (wanted(index) - widths[index]).max(0.0);
    order.sort_by(|a, b| want(widths, *a).total_cmp(&want(widths, *b)));
    let count = order.len();
    for (done, index) in order.into_iter().enumerate() {
        let given = want(widths, index).min(left / small(count - done));
        widths[index] += given;
        left -= given;
    }
    left
}

/// The widths of the columns within `width`, of which their least widths are no more.
fn share_out(table: &Table, wishes: &[Wish], width: f64) -> Vec<f64> {
    /// Columns of numbers breathe up to this width.
    const COMFORT: f64 = 104.0;
    let of = |align: Align| -> Vec<usize> {
        (0..table.columns.len()).filter(|index| table.columns[*index].align == align).map(|index| index + 1).collect()
    };
    let numbers = of(Align::Decimal);
    let mut widths: Vec<f64> = wishes.iter().map(|wish| wish.least).collect();
    let mut left = width - widths.iter().sum::<f64>();
    left = fill(&mut widths, |index| wishes[index].good, left);
    left = fill(&mut widths, |index| wishes[index].most, left);
    // Columns of numbers of one table look best equally wide, and with some air.
    let widest = numbers.iter().map(|index| widths[*index]).fold(0.0, f64::max);
    for wanted in [widest, widest.max(COMFORT)] {
        let need: f64 = numbers.iter().map(|index| wanted - widths[*index]).sum();
        if need <= left {
            for index in &numbers {
                widths[*index] = wanted;
            }
            left -= need;
        }
    }
    let mean = numbers.iter().map(|index| widths[*index]).sum::<f64>() / small(numbers.len().max(1));
    if numbers.iter().all(|index| wishes[*index].good <= mean) {
        for index in &numbers {
            widths[*index] = mean;
        }
    }
    let stub = left.min((width * 0.42 - widths[0]).max(0.0));
    widths[0] += stub;
    left -= stub;
    // Words take what is left; a table of numbers alone stays narrower than the page.
    let words = of(Align::Left);
    for index in &words {
        widths[*index] += left / small(words.len());
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::Spanner;

    fn table(columns: usize, rows: usize, stub: &str, cell: &str) -> Table {
        Table {
            stub_head: "Characteristic".to_owned(),
            columns: (0..columns)
                .map(|arm| Column {
                    head: vec![format!("Treatment {arm}"), "(N = 20)".to_owned()],
                    align: Align::Decimal,
                })
                .collect(),
            spanners: Vec::new(),
            rows: (0..rows)
                .map(|_| TableRow {
                    indent: 0,
                    stub: stub.to_owned(),
                    heading: false,
                    opens_group: false,
                    cells: vec![Cell { text: cell.to_owned(), ..Cell::default() }; columns],
                })
                .collect(),
        }
    }

    #[test]
    fn numbers_get_the_room_they_need() {
        for columns in 1..=8 {
            let table =
                table(columns, 3, "A stub with several words in it, long enough to wrap", "\u{2007}12.3 (4.56, 7.89)");
            let sheet = Sheet::lay_out(&table);
            let needed = Fonts::get().width(Face::Sans, sheet.size, "\u{2007}12.3 (4.56, 7.89)");
            for column in 1..=columns {
                assert!(sheet.room(column) >= needed, "{columns} columns: {} for {needed}", sheet.room(column));
            }
            assert!(sheet.widths.iter().sum::<f64>() <= sheet.turn.width() + 1e-6);
        }
    }

    #[test]
    fn wide_tables_lie_on_their_side_and_no_table_overflows() {
        assert_eq!(Sheet::lay_out(&table(2, 3, "Age", "12 (30.0)")).turn, Turn::Portrait);
        assert_eq!(Sheet::lay_out(&table(8, 3, "Age", "12.3 (4.56, 78.9)")).turn, Turn::Landscape);
        let sheet = Sheet::lay_out(&table(40, 3, "Age", "12.3 (4.56, 78.9)"));
        assert!(sheet.widths.iter().sum::<f64>() <= sheet.turn.width() + 1e-6);
    }

    #[test]
    fn a_single_row_is_not_left_for_the_last_page() {
        let mut held = 0;
        for rows in 30..160 {
            let table = table(3, rows, "Row", "1");
            let mut sheet = Sheet::lay_out(&table);
            sheet.settle(&table, 80.0, 40.0);
            held += usize::from(sheet.hold > 0.0);
            let breaks = sheet.paginate(&table, 80.0, 40.0, sheet.hold);
            assert!(breaks.pages == 1 || breaks.rows_on_last >= FEWEST_ROWS, "{rows} rows: {breaks:?}");
        }
        assert!(held > 3, "held back {held} times");
    }

    #[test]
    fn only_headings_of_closed_groups_are_repeated() {
        let row = |indent: u8, heading: bool| TableRow {
            indent,
            stub: String::new(),
            heading,
            opens_group: false,
            cells: Vec::new(),
        };
        let rows = [
            row(0, true),
            row(1, false),
            row(0, true),
            row(1, true),
            row(2, false),
            row(0, false),
            row(0, true),
            row(1, false),
        ];
        assert_eq!(repeats(&rows), [true, false, false, false, false, false, true, false]);
    }

    #[test]
    fn nested_spanners_stand_above_each_other() {
        let mut table = table(4, 1, "Row", "1");
        let spanner = |text: &str, first, columns| Spanner { text: text.to_owned(), first, columns };
        table.spanners = vec![spanner("All", 0, 3), spanner("First two", 0, 2)];
        let head = Sheet::lay_out(&table).head(&table);
        let rows = head.as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(rows.len(), 3);
        let cells = |row: usize| rows[row].as_array().map_or(0, Vec::len);
        // Stub, spanner, the column outside; spanner and the third column; the first two columns.
        assert_eq!([cells(0), cells(1), cells(2)], [3, 2, 2]);
    }
}
