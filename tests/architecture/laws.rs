//! The laws as data.

/// What a module may use.
pub(super) struct Law {
    pub(super) module: &'static str,
    /// Of ours: a module, or the part of it that is meant.
    pub(super) ours: &'static [&'static str],
    /// Of others.
    pub(super) crates: &'static [&'static str],
    /// Why, where it is not plain.
    pub(super) why: &'static str,
}

/// From the foundation upwards: a module may use only modules that stand above it in this list.
pub(super) const LAWS: &[Law] = &[
    Law { module: "error", ours: &[], crates: &["serde"], why: "findings are written to the log as JSON" },
    Law {
        module: "stats",
        ours: &[],
        crates: &["libm"],
        why: "mathematics on slices: it can be lifted out of here unchanged",
    },
    Law {
        module: "results",
        ours: &["error"],
        crates: &["schemars", "serde", "serde_json"],
        why: "the waist; schemars because `study.toml` names methods, whose names are in the catalogue",
    },
    Law {
        module: "spec",
        ours: &["error", "results::Family", "results::Method", "results::Statistic"],
        crates: &["include_dir", "schemars", "serde", "serde_json", "tera", "toml"],
        why: "names of methods and statistics, never a value; serde_json for the schema; the folder of instruments is embedded; \
              templates of narratives are checked where they are written",
    },
    Law {
        module: "data",
        ours: &["error"],
        crates: &[
            "encoding_rs",
            "flate2",
            "libm",
            "polars",
            "polars_io",
            "rayon",
            "roxmltree",
            "rustix",
            "serde",
            "serde_json",
            "sha2",
            "sqlparser",
            "ssh_key",
            "toml",
            "unicode_normalization",
        ],
        why: "files are read and hashed in parallel, opened without following links; text comes in declared encodings; \
              Dataset-JSON and columns files are JSON, compressed in one edition; define.xml is XML; the lock is TOML and may \
              be signed; names that differ only in their Unicode form are one; a power in a rule is the same on every platform",
    },
    Law {
        module: "conformance",
        ours: &["data", "error", "results::ConformanceAcceptance", "results::ConformanceRow", "spec"],
        crates: &["rayon"],
        why: "rules run side by side; what they found crosses the waist as counts",
    },
    Law {
        module: "plan",
        ours: &["data", "error", "results::Method", "results::Statistic", "spec"],
        crates: &[],
        why: "a job says which methods and statistics are asked for",
    },
    Law {
        module: "derive",
        ours: &[
            "data",
            "error",
            "plan",
            "spec::derivation",
            "spec::design",
            "spec::instrument",
            "spec::records",
            "stats::describe",
        ],
        crates: &["polars"],
        why: "polars selects records; choices of the design (tie, basis), what a derivation takes over visits or a subject \
              from records and the items of a score arrive with the plan; sums are those of stats",
    },
    Law {
        module: "analysis",
        ours: &[
            "data::date",
            "data::vector",
            "derive",
            "plan",
            "results",
            "spec::derivation",
            "spec::design",
            "spec::endpoint",
            "spec::method",
            "spec::monitoring",
            "spec::output::OrderBy",
            "stats",
        ],
        crates: &["rayon"],
        why: "values of rules are vectors of data, and days have dates; choices of the specification arrive with the plan",
    },
    Law {
        module: "ledger",
        ours: &["analysis::Design", "error", "plan::LookNumber", "plan::Looks", "plan::PastLook", "spec::monitoring"],
        crates: &["serde", "serde_json", "sha2"],
        why: "earlier looks are made again by the same design that an analysis uses; lines are JSON, chained by digests",
    },
    Law {
        module: "display",
        ours: &["error", "results", "spec"],
        crates: &["serde", "serde_json", "tera"],
        why: "keys of missing rows are told as JSON; texts are templates over results",
    },
    Law {
        module: "render",
        ours: &["display", "error"],
        crates: &[
            "comemo",
            "libm",
            "plotters",
            "serde_json",
            "tera",
            "ttf_noto_sans",
            "typst",
            "typst_kit",
            "typst_layout",
            "typst_pdf",
        ],
        why: "ink: values of display in, bytes out",
    },
    Law {
        module: "scan",
        ours: &["error"],
        crates: &[
            "aho_corasick",
            "blake2",
            "blake3",
            "flate2",
            "md5",
            "sha1",
            "sha2",
            "snap",
            "unicode_normalization",
            "weezl",
            "zstd",
        ],
        why: "bytes in, findings out: what is packed is unpacked, and words have digests; it knows nothing of a study",
    },
    Law {
        module: "pipeline",
        ours: &[
            "analysis",
            "conformance",
            "data",
            "derive",
            "display",
            "error",
            "ledger",
            "plan",
            "render",
            "results",
            "scan",
            "spec",
        ],
        crates: &["getrandom", "rayon", "rustix", "serde", "serde_json", "sha2", "toml"],
        why: "the straight line sees every stage; stats is not one; the studies of a batch run side by side; the exchange of \
              two folders in one step is of the kernel; keys of coded reports are drawn at random and written as TOML",
    },
    Law {
        module: "cli",
        ours: &[
            "data::date",
            "data::define",
            "data::rule::Function",
            "error",
            "ledger",
            "pipeline",
            "scan::Word",
            "spec::conformance",
            "spec::instrument",
            "spec::reference",
            "spec::report",
        ],
        crates: &["clap", "indicatif", "rayon", "serde_json"],
        why: "today’s date as a lock writes it, the rules that findings name, and the functions that the reference of rules lists",
    },
    Law { module: "lib", ours: &[], crates: &[], why: "only the list of modules" },
    Law { module: "main", ours: &["cli"], crates: &[], why: "calls and exits" },
];

/// Parts of the standard library that belong to some files only.
pub(super) const STANDARD: &[(&str, &[&str], &str)] = &[
    (
        "std::fs",
        &[
            "src/data/lock/folder.rs",
            "src/pipeline/build.rs",
            "src/pipeline/package.rs",
            "src/pipeline/publish/disk.rs",
            "src/pipeline/publish/run_lock.rs",
            "src/pipeline/scan.rs",
        ],
        "data files are read in one place, files to be searched in another, packages read in one and written in one; the program reads itself in one",
    ),
    (
        "std::env",
        &["src/cli/environment.rs", "src/pipeline/build.rs"],
        "the environment does not change a report, but for the date that SOURCE_DATE_EPOCH gives it; the names of \
         processor and system are constants",
    ),
    ("std::time", &["src/cli/mod.rs"], "time is an input; the only clock is the default date of a lock"),
    ("std::process::ExitCode", &["src/cli/mod.rs", "src/main.rs"], "exit numbers are given in one place"),
    ("std::process::exit", &[], "exit numbers are given in one place"),
    ("std::process::abort", &[], "exit numbers are given in one place"),
    ("std::process::Command", &[], "no other program is called"),
    ("std::process::id", &["src/pipeline/publish/run_lock.rs"], "who comes second is told by whom a target is held"),
    ("std::net", &[], "the data stay where they are"),
    ("std::thread", &[], "rayon is the only source of threads"),
    ("std::collections::HashMap", &["src/data/lock/canonical.rs"], "its order is another one each time"),
    ("std::collections::HashSet", &[], "its order is another one each time"),
    ("std::panic", &["src/data/format/mod.rs"], "a reader of others may panic over a damaged file"),
    ("std::hash", &["src/data/lock/canonical.rs"], "hashes of the standard library differ from build to build"),
];

/// Macros that belong to some modules only.
pub(super) const MACROS: &[(&str, &[&str], &str)] = &[
    ("println", &["cli"], "only the command line prints"),
    ("print", &["cli"], "only the command line prints"),
    ("eprintln", &["cli"], "only the command line prints"),
    ("eprint", &["cli"], "only the command line prints"),
    ("dbg", &[], "left over from a search"),
    ("todo", &[], "a report is whole or not at all"),
    ("unimplemented", &[], "a report is whole or not at all"),
];

/// Words of a disease, a drug, an instrument or a laboratory. They are data: of studies, and of `src/instruments/*.toml`.
/// In Rust they may stand nowhere, comments and tests of `src` included; the folder of instruments is embedded as a
/// whole, so that not even its file names are known here.
pub(super) const CLINICAL: &[&str] = &[
    "adas",
    "albumin",
    "alzheimer",
    "arthritis",
    "azathioprine",
    "belimumab",
    "biclas",
    "bilag",
    "bilirubin",
    "biopsy",
    "cancer",
    "cholesterol",
    "cortison",
    "creatinin",
    "ctcae",
    "cyclophosph",
    "dexamethason",
    "diabet",
    "dialysis",
    "egfr",
    "glucocort",
    "glucose",
    "haemoglobin",
    "hemoglobin",
    "hepat",
    "infusion",
    "interleukin",
    "kidney",
    "leukocyt",
    "lupus",
    "methotrexate",
    "mmse",
    "mycophenol",
    "nephr",
    "platelet",
    "prednis",
    "protein",
    "recist",
    "renal",
    "rituximab",
    "sledai",
    "sri-4",
    "steroid",
    "stem cell",
    "tumor",
    "tumour",
    "uric",
    "urinary",
    "urine",
    "xanomeline",
];

/// The most lines a file may have.
pub(super) const LONGEST: usize = 600;
