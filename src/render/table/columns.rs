//! How wide the columns of a table are: what each would like, and how a page is shared out among them.

use super::lines::{marks_width, words};
use super::{IN_HAND, INDENT, NUMBER_AT_MOST, PAD, cells_of};
use crate::display::{Align, Column, Table};
use crate::render::fonts::{Face, Fonts};
use crate::render::sheet::small;
use crate::render::text;

/// What a column would like: the width below which words are torn or numbers wrap, the least width it can bear, the width at which its head does not wrap (and a stub reads
/// well), and the width at which nothing wraps.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Below it words are torn or numbers wrap.
    pub hard: f64,
    /// The least it can bear.
    pub least: f64,
    good: f64,
    most: f64,
}

/// Words wider than this may be torn in a crowded table.
const TORN: f64 = 72.0;

/// What the stub and the columns would like, in this size of type on a page so wide.
pub fn wishes(table: &Table, size: f64, width: f64) -> Vec<Wish> {
    let fonts = Fonts::get();
    let head = text::longest_word(Face::SansBold, size, &table.stub_head).min(110.0) + PAD + IN_HAND;
    let whole = fonts.width(Face::SansBold, size, &table.stub_head).min(width * 0.3) + PAD + IN_HAND;
    let mut stub = Wish { hard: head, least: head, good: whole, most: whole };
    for row in table.rows.iter().filter(|row| !row.heading) {
        let indent = f64::from(row.indent.min(8)) * INDENT * size + PAD + IN_HAND;
        let longest = text::longest_word(Face::Sans, size, &row.stub);
        stub.hard = stub.hard.max(longest.min(TORN) + indent);
        stub.least = stub.least.max(longest.min(110.0) + indent);
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
        wishes[index + 1] = Wish {
            hard: over(|wish| wish.hard),
            least: over(|wish| wish.least),
            good: over(|wish| wish.good),
            most: over(|wish| wish.most),
        };
    }
    wishes
}

fn column_wish(table: &Table, index: usize, column: &Column, size: f64, width: f64) -> Wish {
    let fonts = Fonts::get();
    let head = |line: &String| text::glued(&text::line(line)).into_owned();
    let longest =
        column.head.iter().map(|line| text::longest_word(Face::SansBold, size, &head(line))).fold(0.0, f64::max);
    let lines = column.head.iter().map(|line| fonts.width(Face::SansBold, size, line)).fold(0.0, f64::max);
    let pads = 2.0 * PAD + IN_HAND;
    let least = longest.min(90.0) + pads;
    let whole = lines.min(130.0) + pads;
    let mut wish = Wish { hard: least, least, good: whole, most: whole };
    for cell in cells_of(table, index) {
        let (marks, words) = (marks_width(cell, size), words(cell));
        let whole = fonts.width(Face::Sans, size, &words);
        let number = column.align == Align::Decimal && whole <= NUMBER_AT_MOST;
        // The block is centred: a mark at its right needs the same room at its left.
        let (hard, least) = if number {
            (whole + 2.0 * marks, whole + 2.0 * marks)
        } else {
            let longest = text::longest_word(Face::Sans, size, &words);
            (longest.min(TORN) + marks, longest.min(100.0).max((whole * 0.4).min(110.0)) + marks)
        };
        wish.hard = wish.hard.max(hard + pads);
        wish.least = wish.least.max(least + pads);
        wish.most = wish.most.max((whole + 2.0 * marks).min(width * 0.5) + pads);
    }
    wish.good = wish.good.max(wish.least);
    wish.most = wish.most.max(wish.good);
    wish
}

/// The widths of columns within `width` that is too narrow for their least widths: no word is torn where that can be
/// avoided, and they come as near to their least widths as they can.
pub fn squeeze(wishes: &[Wish], width: f64) -> Vec<f64> {
    let hard: f64 = wishes.iter().map(|wish| wish.hard).sum();
    let wanted: f64 = wishes.iter().map(|wish| wish.least - wish.hard).sum();
    if hard >= width || wanted <= 0.0 {
        return wishes.iter().map(|wish| wish.hard * (width / hard).min(1.0)).collect();
    }
    let share = ((width - hard) / wanted).min(1.0);
    wishes.iter().map(|wish| wish.hard + (wish.least - wish.hard) * share).collect()
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
pub fn share_out(table: &Table, wishes: &[Wish], width: f64) -> Vec<f64> {
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
    if of(Align::Left).is_empty() {
        // A table of numbers alone stays narrower than the page rather than fall apart.
        widths[0] += left.min((width * 0.42 - widths[0]).max(0.0));
    } else {
        // A listing fills the page, with the same air between all its columns.
        let each = left / small(widths.len());
        for one in &mut widths {
            *one += each;
        }
    }
    widths
}
