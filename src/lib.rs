//! From a locked clinical-trial dataset to a CONSORT-style PDF report.
//!
//! # The straight line
//!
//! ```text
//!  study.toml ──▶ spec ─────┐
//!                           ├─▶ plan ─▶ derive ─▶ analysis ─▶ results ─▶ display ─▶ render ─▶ package
//!  data + data.lock ▶ data ─┘  (rules bound)  (variables)  (rayon)   (the waist)  (values)   (svg, pdf)
//!                                                             ▲
//!                                              stats: plain numbers in, plain numbers out
//! ```
//!
//! [`pipeline`] is the line as code; each stage is a module.
//!
//! - [`spec`]: what the study asks, as `study.toml` and the instrument files say it. Rule text stays text.
//! - [`data`]: what was locked. Readers, the lock, canonical order; the rule language and its evaluation.
//! - [`conformance`]: what the data must hold before a number is computed. Rules as data, all findings at once.
//! - [`plan`]: specification bound to data. Every reference resolved, every rule parsed and typed, all findings at once.
//! - [`derive`]: from records to variables. Visit windows, baselines, doses, events, derivations; the value of every rule.
//! - [`analysis`]: from variables to rows, one file a kind, parallel over jobs.
//! - [`stats`]: mathematics on slices. Nothing of ours, no text.
//! - [`results`]: the waist. A number exists once, as a row; tables, figures and text show that row.
//! - [`display`]: arrangement. Rows become tables and figures as values; nothing is computed but rounding.
//! - [`render`]: ink. Values become SVG and PDF; bytes in, bytes out.
//! - [`ledger`]: looks at the data before the end, as a chain of lines; text in, text out.
//! - [`scan`]: proof that words occur nowhere in a file, in any channel. Bytes in, findings out.
//! - [`pipeline`]: the stages in order, and the package, written whole or not at all.
//! - [`cli`]: the verbs; the only reader of arguments, clock and terminal.
//! - [`error`]: findings and exit numbers.
//!
//! # The laws
//!
//! Clinical knowledge is data: no identifier or literal of this source names a parameter, an instrument, a disease or a
//! threshold. Nothing is formatted above the waist, nothing is computed below it. A statistic without value is a typed
//! reason. Same inputs, same bytes: floating sums in a fixed order, `libm` in `stats`, no clock, no locale, no hash order,
//! any number of threads. Which module may use which is a table in `tests/architecture.rs`, checked there.

pub mod analysis;
pub mod cli;
pub mod conformance;
pub mod data;
pub mod derive;
pub mod display;
pub mod error;
pub mod ledger;
pub mod pipeline;
pub mod plan;
pub mod render;
pub mod results;
pub mod scan;
pub mod spec;
pub mod stats;
