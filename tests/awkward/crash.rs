//! Runs that are killed, and runs at once: under the name of the target stands a whole package, the earlier or the new one.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Desk, Original, package_faults, tree};
use crate::support::program;

/// How many runs are killed.
const KILLS: u64 = 20;

/// A run of the small study that goes on by itself.
fn start(desk: &Desk) -> Child {
    Command::new(program())
        .args(["run", "study", "--out", "out", "--quiet"])
        .current_dir(desk.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// What is wrong with the package in `out`.
fn faults(desk: &Desk) -> Vec<String> {
    let out = desk.path().join("out");
    if out.is_dir() { package_faults(&tree(&out)) } else { vec!["there is no package any more".to_owned()] }
}

/// What stands beside the target under a hidden name.
fn hidden(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().filter(|path| path.starts_with(".out.")).collect()
}

/// Numbers from 0 to 1, the same everywhere.
fn fractions(seed: u64) -> impl Iterator<Item = f64> {
    let next =
        |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(next(&seed), next)
        .map(|state| f64::from(u32::try_from(state >> 33).unwrap_or(0)) / f64::from(1_u32 << 31))
}

/// A run that is killed at any moment leaves the earlier package or a whole new one, and the next run succeeds. Every
/// second kill falls into the last part of a run, where it publishes.
#[test]
fn a_killed_run_leaves_a_whole_package() {
    let desk = Desk::with(Original::Small);
    let started = Instant::now();
    let first = desk.call(&["run", "study", "--out", "out"]);
    assert_eq!(first.exit, 0, "{}", first.stderr);
    let whole = started.elapsed();
    let (mut torn, mut killed, mut left) = (Vec::new(), 0, 0);
    for (number, fraction) in (0..KILLS).zip(fractions(20_261_123)) {
        let moment = whole.mul_f64(if number % 2 == 0 { fraction } else { 0.75 + 0.3 * fraction });
        let mut child = start(&desk);
        std::thread::sleep(moment);
        let _ = child.kill();
        killed += usize::from(child.wait().is_ok_and(|status| status.code().is_none()));
        left += usize::from(!hidden(desk.path()).is_empty());
        let faults = faults(&desk);
        if !faults.is_empty() {
            torn.push(format!("killed after {} ms: {faults:?}", moment.as_millis()));
        }
    }
    eprintln!(
        "{killed} of {KILLS} runs were killed before they ended; {left} of them left something beside the target"
    );
    assert!(torn.is_empty(), "{}", torn.join("\n"));
    assert!(killed > 0, "every run had ended before it was killed");
    let last = desk.call(&["run", "study", "--out", "out"]);
    assert_eq!(last.exit, 0, "the run after the killed ones fails: {}", last.stderr);
    assert_eq!(hidden(desk.path()), Vec::<String>::new(), "this is left beside the target");
}

/// Of runs at the same time to the same target one writes it; who comes while it does is refused and told by whom.
#[test]
fn runs_at_the_same_time_do_not_mix() {
    let desk = Desk::with(Original::Small);
    for round in 0..3 {
        let children: Vec<Child> = (0..3).map(|_| start(&desk)).collect();
        let numbers: Vec<String> = children.iter().map(|child| child.id().to_string()).collect();
        let mut written = 0;
        for child in children {
            let output = child.wait_with_output().expect("the program can be waited for");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            match output.status.code() {
                Some(0) => written += 1,
                Some(7) => assert!(
                    numbers.iter().any(|number| said.contains(&format!("writing to this target, process {number}\n"))),
                    "round {round}: the refusal does not name the other run: {said}"
                ),
                other => panic!("round {round}: exit {other:?}: {said}"),
            }
        }
        assert!(written > 0, "round {round}: nobody wrote a package");
        assert_eq!(faults(&desk), Vec::<String>::new(), "round {round}: the package is mixed");
        assert_eq!(hidden(desk.path()), Vec::<String>::new(), "round {round}: this is left beside the target");
    }
}

/// A lock that nobody holds any more is in nobody's way.
#[test]
fn the_lock_of_a_killed_run_is_taken_over() {
    let desk = Desk::with(Original::Small);
    let mut child = start(&desk);
    let patience = Instant::now();
    while hidden(desk.path()).is_empty() && patience.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    let _ = child.wait();
    let next = desk.call(&["run", "study", "--out", "out"]);
    assert_eq!(next.exit, 0, "{}", next.stderr);
    assert_eq!(hidden(desk.path()), Vec::<String>::new(), "this is left beside the target");
}
