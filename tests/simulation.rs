//! The generator of the flagship study still makes the committed bytes, and makes any number of participants.

#[path = "../fixtures/simulate/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the command line of the generator uses what the tests do not")]
pub mod simulate;

use std::path::Path;

use simulate::{Profile, Settings};

#[test]
fn the_committed_data_are_what_the_generator_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/studies/ln-msc-il2/data");
    let study = simulate::simulate(&Settings::default());
    assert_eq!(study.datasets.len(), 9, "datasets of the flagship study");
    for table in &study.datasets {
        let made = simulate::encode(table).unwrap_or_else(|error| panic!("{}: {error:?}", table.file_name()));
        let committed = std::fs::read(folder.join(table.file_name()))
            .unwrap_or_else(|error| panic!("{}: {error}", table.file_name()));
        assert!(
            made == committed,
            "{} differs from the committed file: run `make fixtures` and look at the difference",
            table.file_name()
        );
    }
}

#[test]
fn any_number_of_participants_can_be_simulated() {
    for subjects in [1, 7, 100] {
        let settings = Settings { subjects, profile: Profile::Bench, ..Settings::default() };
        let study = simulate::simulate(&settings);
        assert!(study.datasets.iter().all(|table| simulate::encode(table).is_ok()), "{subjects} participants");
    }
}
