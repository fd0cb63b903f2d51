//! Rules that are none: exit 5, every mistake at once, each at its line and column within the file, however the rule is
//! quoted there.

use super::{Case, Desk, Original, all_refused, findings, flagship, report, shortened, small};
use crate::support::{read, repository};

/// A case whose derivation `good` has this rule, written as TOML.
fn good(breaks: &str, toml: &str) -> Case {
    small(breaks).study("rule = \"size <= :limit\"", &format!("rule = {toml}")).exit(5)
}

#[test]
fn names_that_do_not_exist() {
    all_refused(&[
        good("an unknown variable", "\"¦sise <= :limit\"")
            .says(["column sise is not in frame state", "did you mean size?"])
            .findings(1),
        good("an unknown variable twice", "\"¦sise <= :limit OR ¦sise > 3\"").findings(2),
        good("an unknown variable with no likeness", "\"¦QQQQQQ <= :limit\"")
            .says(["column QQQQQQ is not in frame state"])
            .never("did you mean"),
        good("a variable in the wrong letter case", "\"¦SIZE <= :limit\"").says(["did you mean size?"]),
        good("an unknown option", "\"size <= ¦:limits\"")
            .says(["option limits is not defined", "did you mean limit?"])
            .findings(1),
        good("a derivation that comes later", "\"¦response = 'YES'\"")
            .says(["column response is not in frame state"])
            .findings(1),
        good("itself", "\"¦good\"").says(["column good is not in frame state"]),
        small("a variable of another dataset in a condition on records")
            .study("where = \"PARAMCD = 'SIZE'\"", "where = \"¦AGE > 1\"")
            .exit(5)
            .says(["column AGE is not in ADLB"]),
        small("a subject variable in the rule of an arm")
            .study("planned = \"TRT01P = 'NEW'\"", "planned = \"¦w8 = 'YES'\"")
            .exit(5)
            .says(["column w8 is not in ADSL"]),
        small("a variable of the masking")
            .study("[[arm]]", "[masking]\nvariables = [\"TRT1P\"]\n\n[[arm]]")
            .exit(5)
            .says(["TRT1P", "did you mean TRT01P?"]),
        small("a variable of a measure")
            .study("value = \"AVAL\"", "value = ¦\"AVALL\"")
            .exit(5)
            .says(["variable AVALL is not in ADLB", "did you mean AVAL?"]),
        small("a date of a measure that is none")
            .study("date = \"ADT\"", "date = ¦\"AVALC\"")
            .exit(5)
            .says(["variable AVALC of ADLB must be a date, and is a text"]),
        small("an amount of a dose that is no number")
            .study("amount = \"CMDOSE\"", "amount = ¦\"CMDOSU\"")
            .exit(5)
            .says(["variable CMDOSU of ADCM must be a number, and is a text"]),
        small("a covariate that is none")
            .study("covariates = [\"BASE\"]", "covariates = [¦\"PARAMCD\"]")
            .exit(5)
            .says(["variable PARAMCD of ADQS must be a number"]),
        small("a column of a listing")
            .study("{ variable = \"size\", label", "{ variable = ¦\"sise\", label")
            .exit(5)
            .says(["variable sise is not in frame state", "did you mean size?"]),
        small("a subject variable from a column that is none")
            .study("variable = \"response\" }", "variable = ¦\"respons\" }")
            .exit(5)
            .says(["variable respons is not in frame state"]),
        small("a derivation named like a measure")
            .study("id = \"good\"", "id = ¦\"size\"")
            .exit(5)
            .says(["frame state already has a column size"]),
        small("a subject variable named like a variable")
            .study("w8 = {", "AGE = {")
            .study("rule = \"w8 = 'NO'\"", "rule = \"AGE = 1\"")
            .exit(5)
            .says(["ADSL already has a variable AGE"]),
        small("the variable of the subjects")
            .study("subjects = \"ADSL\"", "subjects = \"ADSL\"\nsubject = \"SUBJID\"")
            .data("adsl.csv", "USUBJID", "USUBJID")
            .exit(5)
            .says(["SUBJID", "ADSL", "ADLB", "ADCM", "ADQS"]),
    ]);
}

#[test]
fn what_is_no_expression() {
    all_refused(&[
        good("a word too many", "\"size <= :limit ¦ADN TRUE\"")
            .says(["the expression ends before ADN", "is an AND or OR missing"])
            .findings(1),
        good("two rules", "\"size <= :limit¦; TRUE\"").findings(1),
        good("a bracket too many", "\"(size <= :limit)¦)\"").findings(1),
        good("a bracket too few", "\"(size <= :limit\"").says(["study/study.toml:"]).findings(1),
        good("nothing", "\"\"").says(["the rule is empty"]).findings(1),
        good("blanks", "\"   \"").says(["the rule is empty"]).findings(1),
        good("half a comparison", "\"size <=\"").says(["not an SQL expression"]).findings(1),
        good("an open quote", "\"size <= :limit AND 'a\"").says(["nterminated"]).findings(1),
        good("R", "\"size %in% c(1, 2)\"").findings(1),
        good("an assignment", "\"size := 1\"").findings(1),
        good("an alias", "\"size <= :limit ¦AS x\"").findings(1),
        good("a statement", "\"DROP TABLE x\"").findings(1),
        good(
            "a mistake in the third line of a rule of many lines",
            "\"\"\"\nsize <= :limit\n  AND (size >\n   ¦) OR TRUE\"\"\"",
        )
        .says(["expected: an expression"])
        .findings(1),
    ]);
}

#[test]
fn what_the_language_leaves_out() {
    all_refused(&[
        good("a subquery", "\"size < (¦SELECT 1)\"").says(["subquery"]).findings(1),
        good("a subquery that reads a file", "\"¦size IN (SELECT a FROM read_csv('/etc/passwd'))\"")
            .says(["subquery"])
            .findings(1),
        good("EXISTS", "\"EXISTS (¦SELECT 1)\"").says(["subquery"]),
        good("an aggregate", "\"¦SUM(size) > 1\"").says(["SUM is not a function of the rule language"]).findings(1),
        good("a window", "\"¦MAX(size) OVER (PARTITION BY AGE) > 1\"").says(["MAX is not a function"]).findings(1),
        good("a known function over a window", "\"ABS(size) OVER () > 1\"").says(["window"]).findings(1),
        good("a clock", "\"¦NOW() > DATE '2024-01-01'\"").says(["NOW is not a function"]).findings(1),
        good("chance", "\"¦RANDOM() > 0.5\"").says(["RANDOM is not a function"]).findings(1),
        good("a comment", "\"size <= :limit ¦-- always\"").says(["comments are not allowed"]).findings(1),
        good("a comment within", "\"size ¦/* what */ <= :limit\"").says(["comments are not allowed"]).findings(1),
        good("a cast", "\"CAST(size AS TEXT) = '1'\"").says(["CAST"]).findings(1),
        good("a cast of Postgres", "\"size::int = 1\"").findings(1),
        good("a name with a dot", "\"¦ADSL.AGE > 1\"").says(["a name with a dot"]).findings(1),
        good("a star", "\"COALESCE(*) > 1\"").findings(1),
        good("a regular expression of names", "\"¦\\\"^.*$\\\" > 1\"").says(["^.*$"]).findings(1),
        good("concatenation", "\"'a' || 'b' = 'ab'\"").says(["||"]).findings(1),
        good("a remainder", "\"size % 2 = 0\"").says(["%"]).findings(1),
        good("a pattern that is no text", "\"response LIKE size\"").says(["LIKE"]),
        good("a misspelt function", "\"¦COALESCEE(size, 1) > 1\"").says(["did you mean COALESCE?"]).findings(1),
        good("too many arguments", "\"¦ABS(size, 2) > 1\"").says(["ABS takes 1 arguments, not 2"]).findings(1),
        good("too few arguments", "\"¦ABS() > 1\"").says(["ABS takes 1 arguments, not 0"]).findings(1),
        good("a date that is none", "\"visit_date < DATE ¦'2023-02-29'\"")
            .says(["'2023-02-29' is not a date"])
            .findings(1),
        good("a date in another order", "\"visit_date < DATE '29.02.2024'\"").says(["is not a date"]).findings(1),
        good("a number beyond numbers", "\"size < 1e999\"").says(["1e999"]).findings(1),
        good("a rule without end", &format!("\"{}\"", "size + ".repeat(4_000) + "size > 1"))
            .says(["longer than"])
            .findings(1),
        good("brackets in brackets", &format!("\"{}size > 1{}\"", "(".repeat(3_000), ")".repeat(3_000)))
            .says(["nested deeper"])
            .findings(1),
        good("a minus of a minus of a minus", &format!("\"{}size > 1\"", "- ".repeat(4_000)))
            .says(["nested deeper"])
            .findings(1),
        good("a sum of very many", &format!("\"1{} > size\"", "+1".repeat(9_000))).says(["nested deeper"]),
        good(
            "three things at once, of which each is told",
            "\"¦SUM(size) > 1 AND ¦ADSL.AGE > 1 AND size < (¦SELECT 1)\"",
        )
        .findings(3),
    ]);
}

#[test]
fn types_that_do_not_fit() {
    all_refused(&[
        small("a number for an analysis set")
            .study("rule = \"SAFFL = 'Y'\"", "rule = \"¦AGE\"")
            .exit(5)
            .says(["must give", "gives a number"]),
        small("a text for an analysis set")
            .study("rule = \"SAFFL = 'Y'\"", "rule = \"¦SAFFL\"")
            .exit(5)
            .says(["gives a text"]),
        small("a text for a number")
            .study("number = \"AGE\"", "number = \"¦SEX\"")
            .exit(5)
            .says(["must give a number, and gives a text"]),
        small("a number for a text")
            .study("category = \"SEX\"", "category = \"¦AGE\"")
            .exit(5)
            .says(["must give a text, and gives a number"]),
        small("a number for study day 1")
            .study("reference = \"TRTSDT\"", "reference = \"¦AGE\"")
            .exit(5)
            .says(["must give a date, and gives a number"]),
        small("a truth for the response of a model")
            .study("response = \"CHG\"", "response = \"¦CHG > 1\"")
            .exit(5)
            .says(["must give a number"]),
        good("a text compared with a number", "\"SEX = ¦1\"").says(["one type"]),
        good("texts that have no order", "\"SEX < 'M'\"")
            .says(["a text has no order", "compare numbers or dates"])
            .findings(1),
        good("a date compared with a text", "\"visit_date < ¦'2024-01-01'\"").says(["a date meets a text"]).findings(1),
        good("arithmetic with a text", "\"¦SEX + 1 > 2\"")
            .says(["arithmetic needs numbers, and this is a text"])
            .findings(1),
        good("two dates added", "\"¦visit_date + ¦visit_date > 1\"").says(["arithmetic needs numbers"]),
        good("NOT of a number", "\"NOT ¦size\"").says(["what NOT negates must be"]).findings(1),
        good("AND of a number", "\"TRUE AND ¦size\"").says(["each side of AND and OR must be"]).findings(1),
        good("a CASE of two types", "\"CASE WHEN size > 1 THEN 1 ELSE ¦'a' END > 1\"")
            .says(["the results of a CASE"])
            .findings(1),
        good("a list of two types", "\"size IN (1, ¦'a')\"").says(["a value and the list"]).findings(1),
        good("a pattern over a number", "\"¦size LIKE 'a%'\"").says(["what LIKE looks at must be a text"]).findings(1),
        good("LEAST of texts", "\"LEAST(¦SEX, 'a') = 'a'\"").says(["LEAST"]).findings(1),
        good("capitals of a number", "\"UPPER(¦size) = '1'\"").says(["UPPER must be a text"]).findings(1),
        good("an option of another type", "\"SEX = ¦:limit\"").says(["a text meets a number"]).findings(1),
        small("mistakes of four rules in three sections, all told")
            .study("planned = \"TRT01P = 'NEW'\"", "planned = \"¦TRT01PP = 'NEW'\"")
            .study("rule = \"RANDFL = 'Y'\"", "rule = \"RANDFL = ¦1\"")
            .study("number = \"AGE\"", "number = \"¦SUM(AGE)\"")
            .study("lost = { rule = \"w8 = 'NO'\"", "lost = { rule = \"w8 = 'NO' ¦ADN TRUE\"")
            .exit(5)
            .findings(4),
    ]);
}

/// The place of a mistake is that in the file, however TOML quotes the rule.
#[test]
fn places_survive_quoting() {
    let lines = "\"\"\"\nsize <= :limit\n  AND ¦sise > 0\"\"\"";
    let text = read(&repository().join("tests/awkward/small/study.toml"));
    let windows = text.replace("rule = \"size <= :limit\"", &format!("rule = {lines}")).replace('\n', "\r\n");
    all_refused(&[
        good("a text of one line", "\"size <= :limit AND ¦sise > 0\""),
        good("a literal text of one line", "'size <= :limit AND ¦sise > 0'"),
        good("a text of many lines", lines),
        good("a literal text of many lines", "'''\nsize <= :limit\n  AND ¦sise > 0'''"),
        good("a text of many lines that begins behind its quotes", "\"\"\"size <= :limit\n  AND ¦sise > 0\"\"\""),
        good("a mistake in the first of many lines", "\"\"\"\n¦sise <= :limit\n  AND size > 0\"\"\""),
        good("a mistake right behind the quotes", "\"\"\"¦sise <= :limit\n  AND size > 0\"\"\""),
        good("letters of two bytes before it", "\"'ä' = 'ü' AND ¦sise > 0\""),
        good("tabs before it", "\"\"\"\n\t\tsize <= :limit AND ¦sise > 0\"\"\""),
        good("quotes with a backslash before it", "\"\\\"size\\\" <= :limit AND ¦sise > 0\""),
        good("a letter by its number before it", "\"\\u0073ize <= :limit AND ¦sise > 0\""),
        good("a line end by its letter before it", "\"size <= :limit\\n AND ¦sise > 0\""),
        good("a line joined by a backslash before it", "\"\"\"\\\n   size <= :limit AND \\\n   ¦sise > 0\"\"\""),
        small("line ends of Windows before it").whole(windows).exit(5).findings(1),
        small("a blank before the quotes")
            .study("rule = \"size <= :limit\"", "rule   =    \"¦sise <= :limit\"")
            .exit(5),
        small("a rule within a list of tables")
            .study("when = \"good IS NULL\"", "when = \"¦goood IS NULL\"")
            .exit(5)
            .says(["did you mean good?"]),
        small("a rule within a list")
            .study("prefer = [\"LBSEQ\"]", "prefer = [\"AVAL\", \"¦LBSEQQ\"]")
            .exit(5)
            .says(["did you mean LBSEQ?"]),
        flagship("a rule of many lines of the flagship study")
            .study("THEN FALSE\n     WHEN :pr_protein = 'any'", "THEN FALSE\n     WHEN ¦:pr_protien = 'any'")
            .exit(5)
            .says(["option pr_protien is not defined", "did you mean pr_protein?"])
            .findings(1),
    ]);
}

/// Rules of a type that never has a value: each once made the program stop in the middle.
#[test]
fn rules_that_are_always_null() {
    let used = |breaks: &str, rule: &str, then: &str| {
        small(breaks)
            .study("id = \"good\"\nlabel = \"Good size\"\nframe = \"state\"\nrule = \"size <= :limit\"", &format!(
                "id = \"never\"\nlabel = \"Never\"\nframe = \"state\"\nrule = \"{rule}\"\n\n[[derivation]]\nid = \"good\"\nlabel = \"Good size\"\nframe = \"state\"\nrule = \"{then}\""
            ))
            .exit(5)
            .says(["study/study.toml:"])
    };
    all_refused(&[
        used("a number plus NULL, compared", "size + NULL", "never <= 1"),
        used("the absolute value of NULL, compared", "ABS(NULL)", "never <= 1"),
        used("a date plus NULL, compared", "visit_date + NULL", "never < DATE '2024-01-01'"),
        used("NULL in capitals, compared", "UPPER(NULL)", "never = 'A'"),
    ]);
}

/// A rule that is NULL for everybody is refused, or warned of at its place; it is never found out only when the pages
/// are arranged.
#[test]
fn rules_that_nobody_fulfils_are_told() {
    let cases = [
        ("NULL for a number", "number = \"AGE\"", "number = \"¦NULL\""),
        ("NULL for a category", "category = \"SEX\"", "category = \"¦NULL\""),
        ("NULL for a condition", "count = \"SAFFL = 'Y'\"", "count = \"¦NULL\""),
        ("NULL for study day 1", "reference = \"TRTSDT\"", "reference = \"¦NULL\""),
        ("a study day 1 beyond the calendar", "reference = \"TRTSDT\"", "reference = \"¦TRTSDT + 1e300\""),
        ("NULL for a response", "response = \"response = 'YES'\"", "response = \"¦NULL\""),
        ("a response compared with NULL", "response = \"response = 'YES'\"", "response = \"¦response = NULL\""),
        ("NULL for the response of a model", "response = \"CHG\"", "response = \"¦NULL\""),
        ("NULL for an order of records", "prefer = [\"LBSEQ\"]", "prefer = [\"¦NULL\"]"),
    ];
    report(cases.into_iter().map(|(name, from, to)| {
        let desk = Desk::with(Original::Small);
        let places = small(name).study(from, to).spoil(&desk);
        let check = desk.call(&["check", "study", "--strict"]);
        let mut faults = Vec::new();
        if check.exit != 5 || !findings(&check.stderr).iter().any(|line| line.contains(&places[0])) {
            faults.push(format!("`check --strict` (exit {}) says nothing of {}", check.exit, places[0]));
        }
        let run = desk.call(&["run", "study", "--out", "out"]);
        if !matches!(run.exit, 0 | 5) {
            faults.push(format!("`run` ends with {}: {}", run.exit, shortened(&run.stderr)));
        }
        (name.to_owned(), faults)
    }));
}
