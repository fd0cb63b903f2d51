//! Rows of a figure shared out over pages: headings are repeated, and none stands at the foot of a page.

use super::sheet::small;

/// Rows that a page holds at least.
pub const TOGETHER: usize = 3;

/// A row as paging sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Depth, from 0.
    pub indent: u8,
    /// A heading belongs to what follows it.
    pub heading: bool,
    /// Height in points.
    pub height: f64,
}

/// Rows, and the room above those that open a group.
pub struct Rows {
    rows: Vec<Row>,
    gap: f64,
}

impl Rows {
    /// These rows, with this room above a group; at the head of a page there is none.
    pub const fn new(rows: Vec<Row>, gap: f64) -> Self {
        Self { rows, gap }
    }

    /// Height of one row.
    pub fn height_of(&self, row: usize) -> f64 {
        self.rows[row].height
    }

    /// Room between two rows that follow each other on a page.
    fn gap(&self, before: usize, row: usize) -> f64 {
        let (before, row) = (&self.rows[before], &self.rows[row]);
        let opens = !before.heading && (row.heading || row.indent < before.indent);
        if opens { self.gap } else { 0.0 }
    }

    /// Height of these rows below each other.
    pub fn height(&self, rows: &[usize]) -> f64 {
        let gaps: f64 = rows.windows(2).map(|pair| self.gap(pair[0], pair[1])).sum();
        rows.iter().map(|row| self.height_of(*row)).sum::<f64>() + gaps
    }

    /// These rows and where each begins, the first at `top`.
    pub fn places(&self, rows: &[usize], top: f64) -> Vec<(usize, f64)> {
        let mut at = top;
        let mut places = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            at += if index == 0 { 0.0 } else { self.gap(rows[index - 1], *row) };
            places.push((*row, at));
            at += self.height_of(*row);
        }
        places
    }

    /// The rows of each page, with the headings that are repeated, in these heights; none when a page has no room for a
    /// row.
    pub fn paged(&self, first: f64, next: f64) -> Option<Vec<Vec<usize>>> {
        let (mut at, mut room) = (0, first);
        let mut pages = Vec::new();
        while at < self.rows.len() || pages.is_empty() {
            let over = self.repeated(at);
            let with = |end: usize| over.iter().copied().chain(at..end).collect::<Vec<_>>();
            let mut end = at;
            while end < self.rows.len() && self.height(&with(end + 1)) <= room {
                end += 1;
            }
            if end == at && !self.rows.is_empty() {
                return None;
            }
            if end < self.rows.len() {
                end = self.good_end(at, end);
            }
            pages.push(with(end));
            (at, room) = (end, next);
        }
        Some(pages)
    }

    /// The headings above this row that it still belongs to, for the head of a page.
    fn repeated(&self, at: usize) -> Vec<usize> {
        let Some(mut level) = self.rows.get(at).map(|row| row.indent) else { return Vec::new() };
        let mut out = Vec::new();
        for above in (0..at).rev() {
            if self.rows[above].indent < level {
                level = self.rows[above].indent;
                if self.rows[above].heading {
                    out.insert(0, above);
                }
            }
        }
        out
    }

    /// Where a page that could hold the rows up to `end` had better end: before a group if one begins in its last
    /// third, never behind a heading, and with some rows left for the next page.
    fn good_end(&self, at: usize, end: usize) -> usize {
        let rows = &self.rows;
        let opens = |row: &usize| rows[*row].heading && !rows[*row - 1].heading;
        let lowest = at + 1 + (end - at) * 2 / 3;
        if let Some(group) = (lowest..=end).rev().find(opens) {
            return group;
        }
        let mut end = end.min(rows.len().saturating_sub(TOGETHER).max(at + 1));
        while end > at + 1 && rows[end - 1].heading {
            end -= 1;
        }
        end
    }
}

/// Height of so many lines in a row, when one line has `air` and each further one `pitch`, in sizes of the type.
pub fn lines_high(size: f64, air: f64, pitch: f64, lines: usize) -> f64 {
    size * (air + pitch * small(lines.max(1) - 1))
}
