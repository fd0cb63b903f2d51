//! The one integration binary: with polars and typst linked in, each further one would cost a full link.
//!
//! - `architecture`: the dependency law, file sizes, forbidden words and calls, as data.
//! - `activity`: disease activity of the flagship study against its independent program.
//! - `reference`: statistics against other software and publications (`fixtures/reference`).
//! - `readers`: genuine data files, the same in every format.
//! - `vectors`: decision tables of endpoints and instruments, through locked data and `run`.
//! - `truth`: what became of each planted subject of the flagship study.
//! - `safety_truth`: safety of the flagship study against its second program.
//! - `pilot`: printed cells of a real trial against its published report.
//! - `pages`: the text of the pages.
//! - `populated`: every display of every study in the fixtures is filled.
//! - `procedure`: from the key to the meeting, and what people do wrong on the way.
//! - `properties`: what must hold whatever the data are.
//! - `exports`: exported datasets against a second program.
//! - `second_study`: the example of three arms against its independent program.
//! - `record`: what the report says of its own data, statements and rounding.
//! - `shells`: the report before there are data.
//! - `simulation`: the generator still makes the committed bytes.
//! - `peers`: what we write, as other programs read it.
//! - `attendance`: who came to which visit, counted a second time from the files.
//! - `one_arm`: studies with one arm are described, and nothing in them compares.
//! - `looks`: a look of a group-sequential design, from a specification to the displays.
//! - `methods`: every method of the catalogue is named, computed and explained.
//! - `mutants`: damaged data files, with the lock and without.
//! - `awkward`: bad input, hostile text, a full disk, runs that are killed and runs at once.
//! - `determinism`: same bytes whatever the machine is doing.
//! - `board`: accrual and status of a running trial, worked out by hand.
//! - `cli`: verbs, help, exit numbers.
//! - `cutoff`: the data as of a day, through the command line.
//! - `dsmb`: the reports to the board of the flagship study, page by page and against each other.
//! - `masking`: masked reports know nothing of what is masked.
//! - `support`: how the others run the program and read what it wrote.

#![expect(clippy::print_stderr, reason = "tests tell how much they did")]
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

mod activity;
mod architecture;
mod attendance;
mod awkward;
mod board;
mod cli;
mod cutoff;
mod determinism;
mod dsmb;
mod exports;
mod looks;
mod masking;
mod methods;
mod mutants;
mod one_arm;
mod pages;
mod peers;
mod pilot;
mod populated;
mod procedure;
mod properties;
mod readers;
mod record;
mod reference;
mod safety_truth;
mod second_study;
mod shells;
mod simulation;
mod support;
mod truth;
mod vectors;
