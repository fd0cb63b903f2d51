//! Numbers as text: rounded on their decimal digits by the rule of the study, percentages from integers, a true minus
//! sign.

use crate::results::{Decimals, Statistic, Value};
use crate::spec::design::Rounding;

/// The minus sign, as wide as a digit.
const MINUS: char = '\u{2212}';
/// A blank as wide as a digit.
const FIGURE_SPACE: char = '\u{2007}';

/// A finite number with so many decimals, rounded on its shortest decimal digits. Half away from zero: 0.25 gives 0.3,
/// 0.15 gives 0.2, −0.04 gives 0.0; half to even: 0.25 gives 0.2, 0.15 gives 0.2.
#[must_use]
pub fn decimal(value: f64, places: u8, rounding: Rounding) -> String {
    // Rust prints the shortest digits that read back as the same number, and never an exponent.
    rounded(&value.to_string(), places, rounding)
}

/// A decimal number in digits, rounded likewise. Digits only, with an optional sign and point.
#[must_use]
pub fn rounded(digits: &str, places: u8, rounding: Rounding) -> String {
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let places = usize::from(places);
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(places)).collect();
    let rest = fraction.as_bytes().get(places..).unwrap_or_default();
    let half = rest.first() == Some(&b'5') && rest[1..].iter().all(|digit| *digit == b'0');
    let up = match rounding {
        // The last digit of an odd number is odd in ASCII too.
        Rounding::HalfEven if half => kept.last().is_some_and(|digit| digit % 2 == 1),
        _ => rest.first().is_some_and(|next| *next >= b'5'),
    };
    if up {
        let mut carried = false;
        for digit in kept.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                carried = true;
                break;
            }
        }
        if !carried {
            kept.insert(0, b'1');
        }
    }
    let mut text: String = kept.iter().map(|digit| char::from(*digit)).collect();
    if places > 0 {
        text.insert(text.len() - places, '.');
    }
    let zero = kept.iter().all(|digit| *digit == b'0');
    if negative && !zero { format!("{MINUS}{text}") } else { text }
}

/// Whether a number has no more decimals than so many, but for the last digits of its arithmetic.
#[must_use]
pub fn needs_no_more(value: f64, places: u8) -> bool {
    let scaled = (0..places).fold(value, |scaled, _| scaled * 10.0);
    (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs().max(1.0)
}

/// `part` of `whole` in percent with so many decimals, rounded from the integers: 1 of 16 lies halfway between 6.2 and 6.3.
#[must_use]
pub fn percent(part: u64, whole: u64, places: u8, rounding: Rounding) -> String {
    if whole == 0 {
        return String::new();
    }
    let scale = 10_u128.pow(u32::from(places.min(9)));
    let (scaled, whole) = (u128::from(part) * 100 * scale, u128::from(whole));
    let (below, twice_over) = (scaled / whole, scaled % whole * 2);
    let up = match rounding {
        Rounding::HalfEven if twice_over == whole => below % 2 == 1,
        _ => twice_over >= whole,
    };
    let text = format!("{:0>width$}", below + u128::from(up), width = usize::from(places) + 1);
    if places == 0 {
        return text;
    }
    let (integer, fraction) = text.split_at(text.len() - usize::from(places));
    format!("{integer}.{fraction}")
}

/// A p-value with so many decimals; "<0.0001" where it would round to nothing, ">0.9999" where it would round to one.
#[must_use]
pub fn probability(value: f64, places: u8, rounding: Rounding) -> String {
    let text = decimal(value, places, rounding);
    let nothing = text.bytes().all(|byte| byte == b'0' || byte == b'.');
    if nothing && value > 0.0 || value == 0.0 {
        format!("<0.{}1", "0".repeat(usize::from(places).saturating_sub(1)))
    } else if value < 1.0 && text.starts_with('1') {
        format!(">0.{}", "9".repeat(usize::from(places)))
    } else {
        text
    }
}

/// How a statistic is printed.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Decimals the variable is recorded with.
    pub recorded: u8,
    /// Decimals of p-values.
    pub p_decimals: u8,
    /// Decimals asked for explicitly.
    pub explicit: Option<u8>,
    /// Whether differences are of proportions, and printed in percentage points.
    pub points: bool,
}

impl Style {
    /// The style of a variable recorded with so many decimals.
    #[must_use]
    pub const fn recorded(recorded: u8) -> Self {
        Self { recorded, p_decimals: 4, explicit: None, points: false }
    }
}

/// The text of a value of a statistic.
#[must_use]
pub fn show(statistic: Statistic, value: &Value, style: Style, rounding: Rounding) -> String {
    let places = |default: u8| style.explicit.unwrap_or(default);
    match (value, statistic.decimals()) {
        (Value::Count(count), _) => count.to_string(),
        (Value::Text(text), _) => text.clone(),
        (Value::NotEstimable(reason), _) => reason.abbreviation().to_owned(),
        (Value::Share { part, whole }, Decimals::Percent(default)) => percent(*part, *whole, places(default), rounding),
        (Value::Share { part, whole }, _) => percent(*part, *whole, places(1), rounding),
        (Value::Number(number), Decimals::Percent(default)) => percent_of_number(*number, places(default), rounding),
        (Value::Number(number), Decimals::Recorded(_)) if style.points => {
            percent_of_number(*number, places(1), rounding)
        }
        (Value::Number(number), Decimals::Probability(_)) => probability(*number, places(style.p_decimals), rounding),
        (Value::Number(number), Decimals::Recorded(more)) => decimal(*number, places(style.recorded + more), rounding),
        (Value::Number(number), Decimals::Fixed(fixed)) => decimal(*number, places(fixed), rounding),
        (Value::Number(number), Decimals::Whole) => decimal(*number, places(0), rounding),
    }
}

/// A proportion in percent: the decimal point moves two digits to the right, which loses nothing.
#[must_use]
pub fn percent_of_number(value: f64, places: u8, rounding: Rounding) -> String {
    let digits = value.to_string();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{fraction:0<2}");
    let (moved, rest) = padded.split_at(2);
    let whole = format!("{whole}{moved}");
    let trimmed = whole.trim_start_matches('0');
    let whole = if trimmed.is_empty() { "0" } else { trimmed };
    rounded(&format!("{sign}{whole}.{rest}"), places, rounding)
}

/// A finite number with the fewest digits that tell it from every other double: those that are rounded.
#[must_use]
pub fn shortest(value: f64) -> String {
    value.to_string().replace('-', &MINUS.to_string())
}

/// Pads the cells of a column so that their first numbers align at the decimal point when set flush left, and with them
/// the brackets behind them: "12 (60.0)" over " 7 (5.0)".
pub fn align(cells: &mut [&mut String]) {
    let width = |text: &str| text.chars().take_while(|c| is_figure(*c)).count();
    let starts_with_number = |text: &str| text.chars().next().is_some_and(is_figure);
    let widest = cells.iter().filter(|cell| starts_with_number(cell)).map(|cell| width(cell)).max().unwrap_or(0);
    // "3/4 (75.0)" over "13/20 (65.0)": the brackets stand behind denominators of different widths.
    let whole = |text: &str| {
        let (_, rest) = text.split_once(" (").map(|(before, _)| before)?.split_once('/')?;
        Some(rest.chars().count())
    };
    let wholes = cells.iter().filter_map(|cell| whole(cell)).max().unwrap_or(0);
    for cell in cells.iter_mut() {
        if !starts_with_number(cell) {
            continue;
        }
        if let (Some(open), Some(own)) = (cell.find(" ("), whole(cell)) {
            cell.insert_str(open, &FIGURE_SPACE.to_string().repeat(wholes - own));
        }
        let missing = widest - width(cell);
        cell.insert_str(0, &FIGURE_SPACE.to_string().repeat(missing));
    }
}

/// Characters as wide as a digit, and the dash of missing values.
const fn is_figure(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, MINUS | '<' | '>' | '–')
}

#[cfg(test)]
mod tests {
    use super::*;

    use Rounding::{HalfAwayFromZero as Away, HalfEven as Even};

    #[test]
    fn rounding_on_the_digits_by_both_rules() {
        for (value, places, away, even) in [
            (0.25, 1, "0.3", "0.2"),
            (0.35, 1, "0.4", "0.4"),
            (0.15, 1, "0.2", "0.2"),
            (-1.15, 1, "−1.2", "−1.2"),
            (-1.25, 1, "−1.3", "−1.2"),
            (2.5, 0, "3", "2"),
            (0.5, 0, "1", "0"),
            (9.5, 0, "10", "10"),
            (0.250_000_1, 1, "0.3", "0.3"),
            (-0.04, 1, "0.0", "0.0"),
            (-0.05, 1, "−0.1", "0.0"),
            (9.999, 2, "10.00", "10.00"),
            (60.55, 1, "60.6", "60.6"),
            (60.65, 1, "60.7", "60.6"),
            (1e21, 0, "1000000000000000000000", "1000000000000000000000"),
            (1e-9, 3, "0.000", "0.000"),
            (12.0, 2, "12.00", "12.00"),
            (2.675, 2, "2.68", "2.68"),
        ] {
            assert_eq!([Away, Even].map(|rule| decimal(value, places, rule)), [away, even], "{value}");
        }
    }

    #[test]
    fn percentages_come_from_integers() {
        for (part, whole, places, away, even) in [
            (1, 8, 1, "12.5", "12.5"),
            (1, 8, 0, "13", "12"),
            (3, 8, 0, "38", "38"),
            (1, 16, 1, "6.3", "6.2"),
            (3, 16, 1, "18.8", "18.8"),
            (0, 7, 1, "0.0", "0.0"),
            (7, 7, 1, "100.0", "100.0"),
            (2, 3, 0, "67", "67"),
            (1, 200, 0, "1", "0"),
        ] {
            assert_eq!([Away, Even].map(|rule| percent(part, whole, places, rule)), [away, even], "{part}/{whole}");
        }
        for (value, places, away, even) in [
            (0.125, 1, "12.5", "12.5"),
            (0.0625, 1, "6.3", "6.2"),
            (-0.0123, 1, "−1.2", "−1.2"),
            (-0.0125, 1, "−1.3", "−1.2"),
            (1.0, 1, "100.0", "100.0"),
            (0.05, 1, "5.0", "5.0"),
        ] {
            assert_eq!([Away, Even].map(|rule| percent_of_number(value, places, rule)), [away, even], "{value}");
        }
    }

    #[test]
    fn probabilities_are_never_zero_nor_one() {
        assert_eq!(probability(0.000_04, 4, Away), "<0.0001");
        assert_eq!(probability(0.0, 4, Away), "<0.0001");
        assert_eq!([Away, Even].map(|rule| probability(0.000_05, 4, rule)), ["0.0001", "<0.0001"]);
        assert_eq!(probability(0.999_99, 4, Away), ">0.9999");
        assert_eq!(probability(1.0, 4, Away), "1.0000");
        assert_eq!(probability(0.1110, 3, Away), "0.111");
    }

    #[test]
    fn the_shortest_digits_are_those_that_are_rounded() {
        for (value, text) in
            [(0.25, "0.25"), (-1.15, "−1.15"), (0.1 + 0.2, "0.30000000000000004"), (12345.5, "12345.5")]
        {
            assert_eq!(shortest(value), text);
        }
    }

    #[test]
    fn cells_align_at_the_point() {
        let mut cells = [
            "12 (60.0)".to_owned(),
            "7 (5.0)".to_owned(),
            "−0.5".to_owned(),
            "NE".to_owned(),
            "34.5 (9.81)".to_owned(),
        ];
        align(&mut cells.iter_mut().collect::<Vec<_>>());
        assert_eq!(cells, ["12 (60.0)", "\u{2007}7 (5.0)", "−0.5", "NE", "34.5 (9.81)"]);
        let mut cells = ["3/4 (75.0)", "13/20 (65.0)", "12/20"].map(str::to_owned);
        align(&mut cells.iter_mut().collect::<Vec<_>>());
        assert_eq!(cells, ["\u{2007}3/4\u{2007} (75.0)", "13/20 (65.0)", "12/20"]);
    }

    #[test]
    fn decimals_that_are_needed() {
        for (value, places, enough) in
            [(3.0, 0, true), (3.5, 0, false), (-0.3, 1, true), (0.1 + 0.2, 1, true), (0.25, 1, false)]
        {
            assert_eq!(needs_no_more(value, places), enough, "{value}");
        }
    }
}
