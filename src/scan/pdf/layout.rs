//! Pieces of text on a page become lines: pieces that touch are one word, a gap is a blank, another height another line.

/// A string that was shown.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Its text as the font tells programs that copy it.
    pub(super) text: String,
    /// Its text by the encoding of the font.
    pub(super) encoded: String,
    /// Where it begins on the page.
    pub(super) start: (f64, f64),
    /// Where it ends.
    pub(super) end: (f64, f64),
    /// In which direction its line runs, of any length.
    pub(super) direction: (f64, f64),
    /// Size of the font on the page.
    pub(super) em: f64,
    /// Whether the widths of its glyphs are known, and with them its end.
    pub(super) sure: bool,
}

/// A gap of so many parts of the font size is a blank.
const BLANK: f64 = 0.2;
/// A step back of so many is another place on the page.
const BACK: f64 = 0.6;
/// A step up or down of so many is another line; less is a subscript.
const LINE: f64 = 0.6;

impl Piece {
    /// The direction with length one; to the right if there is none.
    fn along(&self) -> (f64, f64) {
        let (x, y) = self.direction;
        let length = (x * x + y * y).sqrt();
        if length > 0.0 { (x / length, y / length) } else { (1.0, 0.0) }
    }

    /// How far a point lies along the line and above it.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (along_x, along_y) = self.along();
        (x * along_x + y * along_y, y * along_x - x * along_y)
    }

    /// What stands between this piece and the next.
    fn until(&self, next: &Self) -> &'static str {
        let ((ended, height), (begins, next_height)) = (self.place(self.end), self.place(next.start));
        let em = self.em.max(next.em).max(1e-6);
        let (gap, step) = ((begins - ended) / em, ((next_height - height) / em).abs());
        if self.along() != next.along() || step > LINE || gap < -BACK && self.sure {
            "\n"
        } else if gap > BLANK || !self.sure {
            " "
        } else {
            ""
        }
    }
}

/// The text of pieces one after the other.
pub(super) fn in_order(pieces: &[Piece], of: impl Fn(&Piece) -> &str) -> String {
    let mut text = String::new();
    let mut last: Option<&Piece> = None;
    for piece in pieces {
        text.push_str(last.map_or("", |last| last.until(piece)));
        text.push_str(of(piece));
        last = Some(piece);
    }
    text
}

/// The pieces as they stand on the page: line for line from above, each from its beginning.
pub(super) fn by_place(pieces: &[Piece]) -> Vec<Piece> {
    let key = |piece: &Piece| (piece.along(), piece.place(piece.start));
    let mut sorted: Vec<&Piece> = pieces.iter().collect();
    sorted.sort_by(|one, other| {
        let ((direction, (_, height)), (other_direction, (_, other_height))) = (key(one), key(other));
        let turned = direction.0.total_cmp(&other_direction.0).then(direction.1.total_cmp(&other_direction.1));
        turned.then(other_height.total_cmp(&height))
    });
    let mut placed = Vec::with_capacity(pieces.len());
    while let Some(first) = sorted.first() {
        let (direction, (_, height)) = key(first);
        let on_line = |piece: &&&Piece| {
            let (other, (_, of_piece)) = key(piece);
            other == direction && (height - of_piece).abs() <= LINE / 2.0 * first.em
        };
        let count = sorted.iter().take_while(on_line).count().max(1);
        let mut line: Vec<&Piece> = sorted.drain(..count).collect();
        line.sort_by(|one, other| key(one).1.0.total_cmp(&key(other).1.0));
        placed.extend(line.into_iter().cloned());
    }
    placed
}
