//! Names with a `*`: which variables of a dataset they mean.

use std::collections::BTreeSet;

/// What the `*` of a pattern stands for in a name; none if the name does not fit, an empty text if there is no `*`.
pub(super) fn stem<'n>(pattern: &str, name: &'n str) -> Option<&'n str> {
    let Some((start, end)) = pattern.split_once('*') else { return (pattern == name).then_some("") };
    let stem = name.strip_prefix(start)?.strip_suffix(end)?;
    (!stem.is_empty() || pattern == "*").then_some(stem)
}

/// The pattern with its `*` filled in.
pub(super) fn filled(pattern: &str, stem: &str) -> String {
    pattern.replacen('*', stem, 1)
}

/// The stems for which every pattern names one of the variables, in the order of the variables. Patterns without `*`
/// must be there as they are; if none has one, there is one empty stem.
pub(super) fn stems<'n>(patterns: &[&str], variables: &[&'n str]) -> Vec<&'n str> {
    let known: BTreeSet<&str> = variables.iter().copied().collect();
    let there = |name: &str| known.contains(name);
    let whole = |stem: &str| patterns.iter().all(|pattern| there(&filled(pattern, stem)));
    let Some(first) = patterns.iter().find(|pattern| pattern.contains('*')) else {
        return if whole("") { vec![""] } else { Vec::new() };
    };
    variables.iter().filter_map(|name| stem(first, name)).filter(|stem| whole(stem)).collect()
}

/// The variables that any of the patterns names, in their order.
pub(super) fn matching<'n>(patterns: &[String], variables: &[&'n str]) -> Vec<&'n str> {
    let fits = |name: &&&str| patterns.iter().any(|pattern| stem(pattern, name).is_some());
    variables.iter().filter(fits).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::{matching, stem, stems};

    #[test]
    fn a_star_stands_for_one_and_the_same_text() {
        assert_eq!(stem("*FL", "SAFFL"), Some("SAF"));
        assert_eq!(stem("*FL", "FL"), None);
        assert_eq!(stem("A*N", "AVISITN"), Some("VISIT"));
        assert_eq!(stem("AGE", "AGE"), Some(""));
        let variables = ["PARAM", "PARAMN", "AVISIT", "SEX"];
        assert_eq!(stems(&["*", "*N"], &variables), ["PARAM"]);
        assert_eq!(stems(&["SEX", "PARAM"], &variables), [""]);
        assert!(stems(&["SEX", "RACE"], &variables).is_empty());
        assert_eq!(matching(&["P*".to_owned(), "SEX".to_owned()], &variables), ["PARAM", "PARAMN", "SEX"]);
    }
}
