//! Numbers that a person typed into a text, told from names that hold digits.

/// The numbers in a text. A word that begins with a letter is a name, whatever digits it has ("A-2"); one that begins
/// with a digit is a number, whatever follows ("24-hour").
pub(super) fn numerals(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || "()[]{}<>=≤≥±/;,:–—−+“”\"‘’*".contains(c);
    let words = text.split(ends).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let typed = words.filter(|word| word.chars().next().is_some_and(char::is_numeric));
    typed.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::numerals;

    #[test]
    fn names_are_no_numbers() {
        assert_eq!(numerals("AB-2 and XY-4 of item C3: none"), Vec::<String>::new());
        assert_eq!(numerals("13/20 (65.0 %), p=0.03; 24-hour, −1.5"), ["13", "20", "65.0", "0.03", "24-hour", "1.5"]);
    }
}
