//! Where the pages of a table end: heights of its rows, headings that are repeated, groups held together.
//!
//! Typst breaks the pages, and nothing in it keeps rows together. But where all heights are known to the fraction of a
//! point, where it will break is known too, and a little more room below a row moves the next one to a new page. So a
//! table that nearly fits on a page does, groups are not torn where that costs little, and no page holds a forgotten row.

use super::{PAD, ROOM, Sheet, levels};
use crate::display::{Table, TableRow};
use crate::render::fonts::{Face, Fonts};
use crate::render::sheet::lines_height;
use crate::render::text;

/// Room above and below the text of a cell that is tried where a table nearly fits on a page.
const TIGHTER: [f64; 5] = [0.42, 0.39, 0.36, 0.33, 0.3];
/// A page with fewer rows of a group, or of the table, looks torn.
const TOGETHER: usize = 3;
/// So many rows are moved to the next page at most.
const MOVED: usize = 8;
/// Heights are foreseen to so many points.
const EXACT: f64 = 3.0;
/// Where text may wrap one way or another, its height is not known: widths are tried so much narrower and wider.
const DOUBT: f64 = 2.0;

impl Sheet {
    /// Height of a row without the gap below it.
    pub fn row_height(&self, row: &TableRow) -> f64 {
        let high = |words: &str, width: f64| {
            // Most texts fit at once: no need to break them to know it.
            if Fonts::get().width(Face::Sans, self.size, words) <= width {
                return lines_height(Face::Sans, 1, self.size);
            }
            lines_height(Face::Sans, text::wrap(Face::Sans, self.size, words, width).len(), self.size)
        };
        let cells = row.cells.iter().enumerate().map(|(index, cell)| high(&cell.text, self.room(index + 1)));
        let text = cells.fold(high(&row.stub, self.stub_room(row)), f64::max);
        text + 2.0 * self.air
    }

    /// Height of the head of the table.
    pub fn head_height(&self, table: &Table) -> f64 {
        let (placed, depth) = levels(table);
        let high = |lines: &[String], width: f64| {
            let lines: usize =
                lines.iter().map(|line| text::wrap(Face::SansBold, self.size, line, width - PAD).len()).sum();
            lines_height(Face::SansBold, lines, self.size) + 2.0 * self.air
        };
        let columns =
            table.columns.iter().enumerate().map(|(index, column)| high(&column.head, self.widths[index + 1]));
        // A spanner that wraps makes its level higher.
        let level = |at: usize| {
            let own = placed.iter().filter(|(level, _)| *level == at).map(|(_, spanner)| {
                let width = self.widths[spanner.first + 1..=spanner.first + spanner.columns].iter().sum::<f64>() - PAD;
                high(std::slice::from_ref(&spanner.text), width)
            });
            own.fold(0.0, f64::max)
        };
        let spanners: f64 = (0..depth).map(level).sum();
        columns.fold(high(std::slice::from_ref(&table.stub_head), self.widths[0]) - spanners, f64::max) + spanners
    }

    /// Chooses the air in the rows, and how much more room to leave below each so that pages end well.
    pub fn settle(&mut self, table: &Table, above: f64, below: f64) {
        if !self.is_on_one_page(table, (above, below)) && self.is_certain(table) {
            self.more = self.turn_pages(table, above, below);
        }
    }

    /// Whether the table fits on one page with what stands above and below it; its rows get the most air with which it
    /// does.
    pub fn is_on_one_page(&mut self, table: &Table, (above, below): (f64, f64)) -> bool {
        let usual = self.air;
        for air in [usual / self.size, ROOM].into_iter().chain(TIGHTER) {
            self.air = usual.min(air * self.size);
            let needed: f64 = self.heights(table).iter().sum();
            if above + self.head_height(table) + needed + below + EXACT <= self.turn.height() {
                return true;
            }
        }
        self.air = usual;
        false
    }

    fn heights(&self, table: &Table) -> Vec<f64> {
        table.rows.iter().enumerate().map(|(at, row)| self.row_height(row) + self.gap_below(table, at)).collect()
    }

    /// Whether Typst cannot break any text of the table into another number of lines than was foreseen.
    fn is_certain(&self, table: &Table) -> bool {
        let sure = |face: Face, words: &str, width: f64| {
            let lines = |width: f64| text::wrap(face, self.size, words, width).len();
            Fonts::get().width(face, self.size, words) + DOUBT <= width || lines(width - DOUBT) == lines(width + DOUBT)
        };
        let heads = table.columns.iter().enumerate().all(|(index, column)| {
            column.head.iter().all(|line| sure(Face::SansBold, line, self.widths[index + 1] - PAD))
        });
        heads
            && table.rows.iter().all(|row| {
                let face = if row.heading { Face::SansBold } else { Face::Sans };
                sure(face, &row.stub, self.stub_room(row))
                    && row.cells.iter().enumerate().all(|(at, cell)| sure(Face::Sans, &cell.text, self.room(at + 1)))
            })
    }

    /// How much more room each row gets below it, so that pages end where they should.
    fn turn_pages(&self, table: &Table, above: f64, below: f64) -> Vec<f64> {
        let rows = &table.rows;
        let heights = self.heights(table);
        let head = self.head_height(table);
        let repeats = repeats(rows);
        let mut more = vec![0.0; rows.len()];
        let mut first = 0;
        let mut room = self.turn.height() - above - head;
        loop {
            // The first row that does not fit any more, or what stands below the table if all do.
            let mut left = room;
            let fits = heights[first..].iter().take_while(|height| {
                left -= **height;
                left >= 0.0
            });
            let mut end = first + fits.count();
            let rest: f64 = heights[first..end].iter().sum();
            if end == rows.len() {
                // Notes that need most of a page have one of their own.
                if rest + below <= room || below > self.turn.height() * 0.6 {
                    return more;
                }
                end -= 1;
            }
            let lowest = (first + TOGETHER).max(end.saturating_sub(MOVED));
            let whole = (lowest..=end).rev().find(|at| opens(&rows[*at]) && is_good_break(rows, *at));
            let Some(next) = whole.or_else(|| (lowest..=end).rev().find(|at| is_good_break(rows, *at))) else {
                if end <= first + 1 {
                    return more;
                }
                // No good place: where Typst breaks by itself. A heading goes on to the next page with its row.
                let heading = (first + 1..end).rev().take_while(|at| rows[*at].heading).last();
                first = heading.unwrap_or(end);
                room = self.turn.height() - head - over(rows, &repeats, &heights, first);
                continue;
            };
            let free = room - heights[first..next].iter().sum::<f64>();
            more[next - 1] = (free - EXACT).max(0.0);
            first = next;
            room = self.turn.height() - head - over(rows, &repeats, &heights, first);
        }
    }
}

/// Height of the headings that are repeated above this row at the head of a page.
fn over(rows: &[TableRow], repeats: &[bool], heights: &[f64], at: usize) -> f64 {
    let mut level = rows[at].indent;
    let mut height = 0.0;
    for above in (0..at).rev() {
        if level == 0 {
            break;
        }
        if rows[above].heading && rows[above].indent < level {
            level = rows[above].indent;
            height += if repeats[above] { heights[above] } else { 0.0 };
        }
    }
    height
}

fn opens(row: &TableRow) -> bool {
    row.heading || row.opens_group
}

/// Whether a page may begin with this row: where a group begins, or well within a long one, and not with the last rows.
fn is_good_break(rows: &[TableRow], at: usize) -> bool {
    if rows.len() - at < TOGETHER || at == 0 || rows[at - 1].heading {
        return false;
    }
    if opens(&rows[at]) {
        return true;
    }
    let begin = rows[..at].iter().rposition(opens).unwrap_or(0);
    let end = rows[at..].iter().position(opens).map_or(rows.len(), |rest| at + rest);
    at - begin >= TOGETHER && end - at >= TOGETHER
}

/// Which headings may stand again on a following page: those whose whole group is deeper than they are. A heading
/// whose group is ended by a plain row would otherwise be printed over rows that are not its own.
pub fn repeats(rows: &[TableRow]) -> Vec<bool> {
    let own =
        |at: usize| rows[at + 1..].iter().find(|row| row.indent <= rows[at].indent).is_none_or(|next| next.heading);
    let mut out: Vec<bool> = (0..rows.len()).map(|at| rows[at].heading && own(at)).collect();
    // Below a heading that stays behind, a deeper one would stand alone without it.
    for at in 0..rows.len() {
        if !out[at] {
            continue;
        }
        let parent = rows[..at].iter().rposition(|row| row.heading && row.indent < rows[at].indent);
        if parent.is_some_and(|parent| !out[parent]) {
            out[at] = false;
        }
    }
    out
}

/// A row of one empty line.
pub fn empty_row() -> TableRow {
    TableRow { indent: 0, stub: String::new(), heading: false, opens_group: false, cells: Vec::new() }
}
