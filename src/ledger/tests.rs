//! Chains that hold and chains that do not; looks that are due and looks that are not.

use super::*;

const FILE: &str = "monitoring.ledger";

fn plan(more: &str) -> Monitoring {
    let text = format!(
        "id = \"looks\"\nlabel = \"Looks\"\nlooks = [20, 30, 40]\nplanned = 40\nalpha = 0.05\n\
         information = {{ subjects = \"DONE\" }}\n{more}"
    );
    toml::from_str(&text).expect("a plan")
}

fn spending() -> Monitoring {
    plan("bounds = \"spending-obrien-fleming\"\n")
}

fn opening(plan: &Monitoring) -> String {
    let plans = vec![(plan.id.to_string(), plan_digest(plan))];
    open(Opening { study: "STUDY".to_owned(), plans, series: "board".to_owned() })
}

fn cut<'a>(content: &'a str, day: &'a str) -> Cut<'a> {
    Cut { content, day, complete: false, unplanned: None }
}

/// The ledger with one more look.
fn with_look(text: &str, plan: &Monitoring, number: LookNumber, information: f64, cut: &Cut<'_>) -> String {
    let ledger = parse(text, FILE, None).expect("a ledger");
    let look = taken(plan, &ledger, number, information, ("2027-03-01", cut)).expect("a look");
    append(text, FILE, Entry::Look(look)).expect("it follows")
}

/// A ledger with all kinds of lines.
fn ledger(plan: &Monitoring) -> String {
    let text = with_look(&opening(plan), plan, LookNumber::Planned(1), 18.0, &cut("aa", "2027-02-01"));
    let decided = |look, decision| Decided { plan: "looks".to_owned(), look, date: "2027-03-05".to_owned(), decision };
    let text = append(&text, FILE, Entry::Decision(decided(1, Decision::Continue))).expect("a decision");
    let board = Board { met: "2027-03-04".to_owned(), reported: Some("2027-03-05".to_owned()) };
    let text = append(&text, FILE, Entry::Board(board)).expect("a meeting");
    let reason = Cut { unplanned: Some("asked for by a regulator"), ..cut("bb", "2027-02-20") };
    let text = with_look(&text, plan, LookNumber::Unplanned, 25.0, &reason);
    append(&text, FILE, Entry::Decision(decided(2, Decision::Modify))).expect("a decision")
}

fn said(found: Result<Ledger, Error>) -> String {
    found.err().map_or_else(String::new, |error| format!("{:?}", error.findings))
}

#[test]
fn any_change_of_a_line_is_found() {
    let text = ledger(&spending());
    let head = parse(&text, FILE, None).expect("it holds").head;
    assert!(parse(&text, FILE, Some(&head)).is_ok());
    let lines: Vec<&str> = text.lines().collect();
    let refused = |lines: &[&str], why: &str| {
        let changed = format!("{}\n", lines.join("\n"));
        assert!(parse(&changed, FILE, Some(&head)).is_err(), "{why} was not found:\n{changed}");
    };
    for place in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(place);
        refused(&fewer, "a line removed");
        for to in 0..=lines.len() {
            let mut more = lines.clone();
            more.insert(to, lines[place]);
            refused(&more, "a line inserted");
        }
        for other in place + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(place, other);
            refused(&swapped, "two lines exchanged");
        }
        // Every character, by another one.
        for (at, letter) in lines[place].char_indices() {
            let other = if letter == '1' { "2" } else { "1" };
            let edited = format!("{}{other}{}", &lines[place][..at], &lines[place][at + letter.len_utf8()..]);
            let mut edits = lines.clone();
            edits[place] = &edited;
            refused(&edits, "an edit");
        }
    }
    for end in 1..text.len() {
        assert!(parse(&text[..end], FILE, Some(&head)).is_err(), "an end removed at {end}");
    }
}

#[test]
fn findings_name_the_line() {
    let text = ledger(&spending());
    let edited = text.replacen("\"information\":18.0", "\"information\":19.0", 1);
    let found = said(parse(&edited, FILE, None));
    assert!(found.contains("line: Some(3)") && found.contains("does not follow line 2"), "{found}");
    let cut_off = text.lines().next().map(|line| format!("{line}\n")).unwrap_or_default();
    assert!(parse(&cut_off, FILE, None).is_ok(), "without the head nothing tells that lines are missing");
    let head = parse(&text, FILE, None).expect("it holds").head;
    assert!(said(parse(&cut_off, FILE, Some(&head))).contains("its end was edited or removed"));
    assert!(said(parse(text.trim_end(), FILE, None)).contains("ends within a line"));
    assert!(said(parse("", FILE, None)).contains("its end is missing"));
}

#[test]
fn no_result_is_in_it() {
    let text = ledger(&spending());
    for word in ["estimate", "\"z\"", "p-value", "difference", "ratio\"", "\"arm\""] {
        assert!(!text.contains(word), "{word} stands in the ledger:\n{text}");
    }
}

#[test]
fn entries_do_not_contradict_those_before() {
    let plan = spending();
    let text = ledger(&plan);
    let held = parse(&text, FILE, None).expect("it holds");
    let Some(Entry::Look(last)) = held.entries.iter().rfind(|own| matches!(own, Entry::Look(_))) else {
        panic!("there is a look")
    };
    let refuses = |entry: Entry, says: &str| {
        let found = append(&text, FILE, entry).expect_err("it contradicts").findings[0].message.clone();
        assert!(found.contains(says), "{found}");
    };
    let next = Look { information: 30.0, number: Some(2), reason: None, ..last.clone() };
    assert!(append(&text, FILE, Entry::Look(next.clone())).is_ok());
    refuses(Entry::Look(Look { number: Some(1), ..next.clone() }), "was taken already");
    refuses(Entry::Look(Look { information: 25.0, ..next.clone() }), "more information");
    refuses(Entry::Look(Look { number: None, ..next.clone() }), "either planned");
    refuses(Entry::Look(Look { cutoff: "2027-01-31".to_owned(), ..next }), "is before the one");
    let decision = Decision::Stop;
    let decided = Decided { plan: "looks".to_owned(), look: 3, date: "2027-04-01".to_owned(), decision };
    refuses(Entry::Decision(decided.clone()), "has no look 3");
    refuses(Entry::Decision(Decided { look: 2, date: "1 April".to_owned(), ..decided }), "no date");
    refuses(Entry::Opening(held.opening.clone()), "opened once");
}

#[test]
fn a_look_is_due_once_its_information_is_there() {
    let plan = spending();
    let text = opening(&plan);
    let empty = parse(&text, FILE, None).expect("a ledger");
    let now = cut("aa", "2027-02-01");
    assert_eq!(due(&plan, &empty, 17.0, &now), Due::NotYet { number: 1, needed: 20.0, available: 17.0 });
    assert_eq!(due(&plan, &empty, 18.0, &now), Due::Planned(1));
    assert_eq!(due(&plan, &empty, 31.0, &now), Due::Planned(2));
    // Nearly all of the information is not the end, unless the data are complete.
    assert_eq!(due(&plan, &empty, 39.0, &now), Due::Planned(2));
    assert_eq!(due(&plan, &empty, 40.0, &now), Due::Planned(3));
    assert_eq!(due(&plan, &empty, 33.0, &Cut { complete: true, ..now }), Due::Planned(3));
    assert_eq!(due(&plan, &empty, 12.0, &Cut { unplanned: Some("asked"), ..now }), Due::Unplanned);
    let shape = super::tests::plan("bounds = \"obrien-fleming\"\n");
    let found = due(&shape, &empty, 12.0, &Cut { unplanned: Some("asked"), ..now });
    assert!(matches!(found, Due::Respend(_)), "{found:?}");
}

#[test]
fn nothing_is_spent_twice() {
    let plan = spending();
    let text = with_look(&opening(&plan), &plan, LookNumber::Planned(1), 20.0, &cut("aa", "2027-02-01"));
    let held = parse(&text, FILE, None).expect("a ledger");
    let same = due(&plan, &held, 20.0, &cut("aa", "2027-02-01"));
    assert!(matches!(&same, Due::Already(look) if look.number == Some(1)), "{same:?}");
    let why = |found: Due| if let Due::Respend(why) = found { why } else { panic!("{found:?}") };
    assert!(why(due(&plan, &held, 20.0, &cut("bb", "2027-02-02"))).contains("no more information"));
    assert!(why(due(&plan, &held, 30.0, &cut("bb", "2027-01-31"))).contains("before that"));
    let other = super::tests::plan("bounds = \"spending-pocock\"\n");
    assert!(why(due(&other, &held, 30.0, &cut("bb", "2027-03-31"))).contains("is not the one of the look"));
    assert_eq!(due(&plan, &held, 30.0, &cut("bb", "2027-03-31")), Due::Planned(2));
    let decided =
        Decided { plan: "looks".to_owned(), look: 1, date: "2027-03-05".to_owned(), decision: Decision::Stop };
    let stopped = append(&text, FILE, Entry::Decision(decided)).expect("a decision");
    let stopped = parse(&stopped, FILE, None).expect("a ledger");
    assert!(why(due(&plan, &stopped, 30.0, &cut("bb", "2027-03-31"))).contains("was stopped"));
    assert_eq!(stopped.looks("looks").past[0].decision.as_deref(), Some("stop"));
}

#[test]
fn earlier_looks_are_made_again() {
    let plan = spending();
    let text = ledger(&plan);
    let held = parse(&text, FILE, None).expect("a ledger");
    assert_eq!(recheck(&plan, &held), []);
    let looks: Vec<&Look> = held.looks_of("looks").collect();
    // Look at 18 of 40: Lan and DeMets' bound with an error of 0.025 in each tail (design, section 5.3, off-plan timing).
    assert!((looks[0].efficacy.expect("a bound") - 3.1438).abs() < 5e-5, "{:?}", looks[0]);
    assert!(looks[1].spent > looks[0].spent && looks[1].reason.is_some());
    let mut wrong = held.clone();
    for entry in &mut wrong.entries {
        if let Entry::Look(look) = entry {
            look.spent *= 0.5;
            look.efficacy = look.efficacy.map(|bound| bound + 1e-3);
        }
    }
    let found = recheck(&plan, &wrong);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[0].message.contains("the error spent is stored as"), "{found:?}");
    let other = super::tests::plan("bounds = \"spending-pocock\"\n");
    assert_eq!(recheck(&other, &held).len(), 2);
}

#[test]
fn the_digest_of_a_plan_is_that_of_its_design() {
    let one = spending();
    let moved: Monitoring = toml::from_str(
        "\n\n\ninformation = { subjects = \"DONE\" }\nid = \"looks\"\nlabel = \"Another label\"\nlooks = [20.0, 30.0, 40.0]\n\
         planned = 40\nalpha = 0.05\nbounds = \"spending-obrien-fleming\"\n",
    )
    .expect("a plan");
    assert_eq!(plan_digest(&one), plan_digest(&moved));
    for more in ["sides = \"one\"\n", "skip = [1]\n", "drift = 3.2\n", "t = true\n", "spending-time = [0.4, 0.7, 1]\n"]
    {
        let other = plan(&format!("bounds = \"spending-obrien-fleming\"\n{more}"));
        assert_ne!(plan_digest(&one), plan_digest(&other), "{more}");
    }
}
