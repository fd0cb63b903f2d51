//! How the width of the paper is shared out among stubs, columns and the scale of a forest.

use super::{head, marks};
use crate::display::{Align, Forest, ForestRow};
use crate::render::fonts::{Face, Fonts};
use crate::render::sheet::small;
use crate::render::text;

/// Room at either side of a column.
const PAD: f64 = 5.0;
/// Indent of a level of the stub, as a share of the size.
const INDENT: f64 = 1.15;
/// Letters are drawn together and apart by kerning; this much is kept in hand.
const IN_HAND: f64 = 0.8;
/// The scale has at least this share of the width, and rather no more than that.
const FIELD_LEAST: f64 = 0.3;
const FIELD_GOOD: f64 = 0.55;
/// Stubs keep this share before they wrap further, columns of words no more than that.
const STUB_LEAST: f64 = 0.22;
const WORDS_MOST: f64 = 0.24;
/// Heads of columns may wrap down to this many em.
const HEAD_LEAST: f64 = 9.5;
/// Columns breathe by at most so much.
const BREATH: f64 = 14.0;

/// Widths in points.
#[derive(Clone, Debug)]
pub(super) struct Widths {
    /// Of the whole.
    pub(super) width: f64,
    /// Of the stubs.
    pub(super) stub: f64,
    size: f64,
    /// For each column its left edge, its width, and where its texts begin.
    columns: Vec<(f64, f64, f64)>,
    /// Left edge and width of the scale.
    pub(super) field: (f64, f64),
}

impl Widths {
    /// What each part gets in this size of type; none when they have no room beside each other.
    pub(super) fn of(forest: &Forest, size: f64, width: f64) -> Option<Self> {
        let fonts = Fonts::get();
        let blocks: Vec<f64> = (0..forest.columns.len()).map(|column| block(forest, column, size, width)).collect();
        let mut columns: Vec<f64> = forest
            .columns
            .iter()
            .zip(&blocks)
            .map(|(column, block)| {
                let room = block.max(HEAD_LEAST * size);
                let wide = |words: &String| fonts.width(Face::SansBold, size, words);
                let head = head(column, size, room).iter().map(wide).fold(0.0, f64::max);
                block.max(head) + 2.0 * PAD + IN_HAND
            })
            .collect();
        let stubs = forest.rows.iter().filter(|row| !row.heading);
        let stub_head = fonts.width(Face::SansBold, size, &text::line(&forest.stub_head));
        let natural = stubs
            .clone()
            .map(|row| fonts.width(Face::Sans, size, &text::line(&row.stub)) + indent(row, size))
            .fold(stub_head.min(width * STUB_LEAST), f64::max)
            + IN_HAND;
        let words = stubs.map(|row| text::longest_word(Face::Sans, size, &text::line(&row.stub)) + indent(row, size));
        let least = natural.min(words.fold(width * STUB_LEAST, f64::max).min(width * 0.35));
        let mut free = width - columns.iter().sum::<f64>() - width * FIELD_LEAST;
        if free < least {
            return None;
        }
        let stub = natural.min(free);
        free -= stub;
        // What neither stubs nor the scale need lets the columns breathe.
        let breath = ((free - width * (FIELD_GOOD - FIELD_LEAST)) / small(columns.len().max(1))).clamp(0.0, BREATH);
        for column in &mut columns {
            *column += breath;
        }
        let mut left = stub + PAD;
        let mut places = Vec::new();
        for ((one, block), column) in columns.iter().zip(&blocks).zip(&forest.columns) {
            let begin = match column.align {
                Align::Left => left + PAD,
                Align::Decimal => left + (one - block) / 2.0,
            };
            places.push((left, *one, begin));
            left += one;
        }
        left += PAD;
        Some(Self { width, stub, size, columns: places, field: (left, width - left) })
    }

    /// Width that a text of this column has.
    pub(super) fn room(&self, column: usize) -> f64 {
        self.columns[column].1 - 2.0 * PAD
    }

    /// Where the texts of a column begin, and its middle.
    pub(super) fn begin_and_middle(&self, column: usize) -> (f64, f64) {
        let (left, width, begin) = self.columns[column];
        (begin, left + width / 2.0)
    }

    /// Width that a stub has; a heading reaches over the columns.
    pub(super) fn stub_room(&self, forest: &Forest, row: &ForestRow) -> f64 {
        let whole = if row.heading && !forest.columns.is_empty() { self.field.0 - 2.0 * PAD } else { self.stub };
        (whole - indent(row, self.size)).max(3.0 * self.size)
    }

    pub(super) fn indent(&self, row: &ForestRow) -> f64 {
        indent(row, self.size)
    }
}

fn indent(row: &ForestRow, size: f64) -> f64 {
    f64::from(row.indent.min(8)) * INDENT * size
}

/// Width of the texts of a column.
fn block(forest: &Forest, column: usize, size: f64, width: f64) -> f64 {
    let cells = forest.rows.iter().filter_map(|row| row.cells.get(column));
    let wide = cells.map(|cell| Fonts::get().width(Face::Sans, size, &text::line(&cell.text)) + marks(cell, size));
    let widest = wide.fold(0.0, f64::max);
    match forest.columns[column].align {
        Align::Decimal => widest,
        Align::Left => widest.min(width * WORDS_MOST),
    }
}
