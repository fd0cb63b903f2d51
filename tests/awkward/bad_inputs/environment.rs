//! 93 to 96: the specification, its rules, and the machine.

use super::{Bad, When, bad, edit, held_by};
use crate::awkward::Desk;

/// A specification in which the file of ADCM is named so.
fn file_named(name: &str, exit: i32, says: &'static [&'static str]) -> Bad {
    let quoted = name.replace('\\', "\\\\").replace('\0', "\\u0000");
    let shown: String = name.chars().take(40).collect();
    bad(93, &format!("a file named {shown:?}"), When::Locking, exit, says, move |desk| {
        edit(desk, "study.toml", "adcm.csv", &quoted);
    })
}

/// A specification with a piece of it replaced.
fn study(number: usize, what: &str, exit: i32, says: &[&str], from: &'static str, to: String) -> Bad {
    bad(number, what, When::Running, exit, says, move |desk: &Desk| edit(desk, "study.toml", from, &to))
}

/// A rule of the analysis set in the place of `SAFFL = 'Y'`.
fn rule(what: &str, exit: i32, says: &[&str], rule: &str) -> Bad {
    study(95, what, exit, says, "rule = \"SAFFL = 'Y'\"", format!("rule = \"{rule}\""))
}

pub(super) fn cases() -> Vec<Bad> {
    const OUTSIDE: &[&str] = &["study/study.toml:", "does not lie in the data folder"];
    const MISSING: &[&str] = &["ADCM", "missing"];
    let mut all = vec![
        file_named("../study.toml.csv", 3, OUTSIDE),
        file_named("/etc/hostname.csv", 3, OUTSIDE),
        file_named("a/../../adcm.csv", 3, OUTSIDE),
        file_named("~/adcm.csv", 4, MISSING),
        file_named("$HOME/adcm.csv", 4, MISSING),
        file_named("file:///adcm.csv", 4, MISSING),
        file_named("http://localhost/adcm.csv", 4, MISSING),
        file_named("\\\\server\\share\\adcm.csv", 4, MISSING),
        study(94, "an unknown key", 3, &["study.toml:", "colour"], "[[arm]]\n", "[[arm]]\ncolour = 1\n".to_owned()),
        study(94, "a key twice", 3, &["study.toml:"], "[[arm]]\n", "[[arm]]\nid = \"new\"\n".to_owned()),
        study(94, "a text of 1 MB in a place for a name", 3, &["study.toml:"], "subjects = \"ADSL\"", {
            format!("subjects = \"{}\"", "A".repeat(1 << 20))
        }),
        study(
            94,
            "1,000 lists within lists",
            3,
            &["study.toml:"],
            "[data]\n",
            format!("x = {}\n[data]\n", "[".repeat(1_000)),
        ),
        rule("a name that does not exist", 5, &["NOSUCH"], "NOSUCH = 'Y'"),
        rule("types that do not fit", 5, &["study.toml:"], "SAFFL > 5"),
        rule("a function that reads the clock", 5, &["study.toml:"], "NOW() > TRTSDT"),
        rule("a function that reads files", 5, &["study.toml:"], "READ_CSV('x') = 'Y'"),
        rule("a subquery", 5, &["study.toml:"], "SAFFL IN (SELECT SAFFL FROM ADSL)"),
        rule("3,000 brackets", 5, &["study.toml:"], &format!("{}SAFFL = 'Y'{}", "(".repeat(3_000), ")".repeat(3_000))),
        rule("a division by zero", 5, &["study.toml:"], "AGE / 0 > 1"),
        rule("a number beyond all numbers", 5, &["study.toml:"], "POWER(AGE + 10, 400) > 1"),
        rule("a pattern that takes for ever elsewhere", 5, &["study.toml:"], "SAFFL REGEXP '(a+)+$'"),
    ];
    // The operating system takes no name of this length, and none with NUL in it.
    all.push(file_named("a\0.csv", 3, &["study.toml:"]));
    all.push(bad(93, "a path of 5,000 characters", When::Locking, 4, &["ADCM"], |desk| {
        edit(desk, "study.toml", "adcm.csv", &("a/".repeat(2_500) + "adcm.csv"));
    }));
    for (what, file, test) in [
        ("outputs that are none", "tests/awkward/targets.rs", "what_is_no_package_is_not_replaced"),
        ("folders that take nothing", "tests/awkward/targets.rs", "where_nothing_can_be_written_nothing_is"),
        ("a full disk", "tests/awkward/targets.rs", "a_full_disk_leaves_the_earlier_package"),
        ("two runs at once", "tests/awkward/crash.rs", "runs_at_the_same_time_do_not_mix"),
        ("a killed run", "tests/awkward/crash.rs", "a_killed_run_leaves_a_whole_package"),
        ("time zones, languages, few open files", "tests/determinism.rs", "environment_and_folder_leave_no_trace"),
    ] {
        all.push(held_by(96, what, file, test));
    }
    all
}
