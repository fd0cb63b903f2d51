//! Wall time, processor time and peak memory of each stage, for simulated studies of several sizes.
//!
//! `make bench` runs it. The data of each size are simulated once and kept under `target/bench`. The listings and the
//! figures of one line a participant are left out: they would time the paper, not the pipeline.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark reads the clock and prints")]

mod cost;
#[path = "../fixtures/simulate/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the command line of the generator uses what the benchmark does not")]
mod simulate;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use trialpress::pipeline::{self, StudyFile};

use cost::{peak_memory, processor_time};

/// Sizes that are measured if none is named on the command line.
const SIZES: [usize; 3] = [40, 1_000, 20_000];

fn main() {
    let named: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if named.is_empty() { SIZES.to_vec() } else { named };
    for subjects in sizes {
        let folder = prepare(subjects);
        println!("{subjects} subjects, {} laboratory records", lines(subjects));
        println!("  {:<14} {:>9} {:>9}", "stage", "wall ms", "CPU ms");
        let stages: Mutex<Vec<(String, Instant, u64)>> = Mutex::new(Vec::new());
        let begin = |stage: &str| {
            if let Ok(mut stages) = stages.lock() {
                stages.push((stage.to_owned(), Instant::now(), processor_time()));
            }
        };
        let run = pipeline::run(&StudyFile::at(&folder, None), "final", false, &begin);
        begin("end");
        if let Err(error) = &run {
            println!("{error}");
            std::process::exit(1);
        }
        let stages = stages.into_inner().unwrap_or_default();
        for pair in stages.windows(2) {
            let wall = pair[1].1.duration_since(pair[0].1).as_millis();
            println!("  {:<14} {wall:>9} {:>9}", pair[0].0, pair[1].2 - pair[0].2);
        }
        let pages = run.map_or(0, |run| run.pages.text.len());
        println!("  {pages} pages, peak memory of the process so far {} MiB\n", peak_memory());
    }
}

/// Laboratory records of a simulated study: twenty parameters at ten visits.
fn lines(subjects: usize) -> usize {
    subjects * 200
}

/// The study folder of a size, simulated and locked if it is not there yet.
fn prepare(subjects: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join(format!("target/bench/whole-{subjects}"));
    let data = folder.join("data");
    let study = std::fs::read_to_string(root.join("fixtures/studies/ln-msc-il2/study.toml"))
        .expect("the flagship study is there");
    let by_participant =
        |block: &&str| ["[display.listing]", "[display.individual]"].iter().any(|of| block.contains(of));
    let blocks: Vec<&str> = study.split("\n[[display]]\n").filter(|block| !by_participant(block)).collect();
    let study = blocks.join("\n[[display]]\n");
    if !data.exists() {
        std::fs::create_dir_all(&data).expect("target is writable");
        let settings =
            simulate::Settings { subjects, profile: simulate::Profile::Bench, ..simulate::Settings::default() };
        for table in simulate::simulate(&settings).datasets {
            let bytes = simulate::encode(&table).expect("simulated tables can be written");
            std::fs::write(data.join(table.file_name()), bytes).expect("target is writable");
        }
    }
    std::fs::write(folder.join("study.toml"), study).expect("target is writable");
    pipeline::lock(&StudyFile::at(&folder, None), &pipeline::LockOrder::on("2026-11-20"))
        .expect("simulated data can be locked");
    folder
}
