//! What may not come through the gate.

use std::os::unix::fs::symlink;

use rustix::fs::{CWD, FileType, Mode};

use super::super::{open, verify};
use super::*;

#[test]
fn what_was_locked_opens_and_verifies_without_a_word() {
    let study = Study::new();
    let locked = study.locked();
    assert_eq!(locked.warnings, []);
    let data = open(&study.delivery, &locked.lock).expect("the locked files");
    assert_eq!(data.warnings, []);
    assert_eq!(data.files["define"], b"<ODM/>");
    let verified = verify(&study.delivery, &locked.lock, Some(&locked.records)).expect("the locked files");
    assert_eq!(verified.warnings, []);
    assert_eq!(data.datasets["ADXX"].keys, ["USUBJID", "VISIT"]);
}

#[test]
fn links_pipes_sockets_and_folders_are_refused_without_waiting() {
    let study = Study::new();
    let lock = study.lock();
    let root = study.root();
    let file = root.join("adsl.csv");
    let replace = |with: &dyn Fn()| {
        std::fs::remove_file(&file).expect("the scratch file");
        with();
        let told = refused(open(&study.delivery, &lock));
        let told_again = refused(super::super::lock(&study.delivery, head()));
        assert!(told_again.contains("adsl.csv is"), "{told_again}");
        _ = std::fs::remove_file(&file).or_else(|_| std::fs::remove_dir(&file));
        study.write("adsl.csv", SUBJECTS);
        told
    };
    let elsewhere = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(elsewhere.path().join("adsl.csv"), SUBJECTS).expect("a scratch file");
    let told = replace(&|| symlink(elsewhere.path().join("adsl.csv"), &file).expect("a link"));
    assert!(told.contains("study.toml:7:1, ADSL: error: adsl.csv is a link, or lies behind one"), "{told}");
    let told = replace(&|| rustix::fs::mknodat(CWD, &file, FileType::Fifo, Mode::RUSR, 0).expect("a pipe"));
    assert!(told.contains("adsl.csv is not a file: it is a pipe"), "{told}");
    let told = replace(&|| drop(std::os::unix::net::UnixListener::bind(&file).expect("a socket")));
    assert!(told.contains("adsl.csv is not a file: it is a socket or a device"), "{told}");
    let told = replace(&|| std::fs::create_dir(&file).expect("a folder"));
    assert!(told.contains("adsl.csv is not a file: it is a folder"), "{told}");
    // A folder on the way is a link.
    std::fs::rename(root.join("bds"), elsewhere.path().join("bds")).expect("the scratch folder");
    symlink(elsewhere.path().join("bds"), root.join("bds")).expect("a link");
    let told = refused(open(&study.delivery, &lock));
    assert!(told.contains("bds/adxx.csv is a link, or lies behind one"), "{told}");
    assert!(told.contains("bds: error: this link lies in the data folder"), "{told}");
}

#[test]
fn a_device_is_refused() {
    let mut study = Study::new();
    study.delivery.root = "/dev".into();
    study.delivery.datasets = vec![dataset(Path::new("/dev"), "ADSL", "zero", &[])];
    study.delivery.files.clear();
    study.delivery.extra = vec!["/".into()];
    let told = refused(super::super::lock(&study.delivery, head()));
    assert!(told.contains("zero is not a file: it is a device"), "{told}");
}

#[test]
fn a_path_that_leads_out_of_the_folder_is_refused() {
    let study = Study::new();
    for path in ["../adsl.csv", "bds/../adsl.csv", "/etc/passwd"] {
        let mut delivery = study.delivery.clone();
        delivery.datasets = vec![dataset(study.root(), "ADSL", path, &[])];
        let told = refused(super::super::lock(&delivery, head()));
        assert!(told.contains(&format!("{path} does not lie in the data folder")), "{told}");
    }
}

#[test]
fn files_that_nobody_named_are_refused_unless_they_are_allowed() {
    let mut study = Study::new();
    let lock = study.lock();
    study.write("adae.csv", "USUBJID\nS-01\n");
    study.write("bds/.notes", "x");
    std::fs::create_dir(study.root().join("old")).expect("a scratch folder");
    study.write("old/adsl.csv", SUBJECTS);
    let told = refused(open(&study.delivery, &lock));
    for expected in [
        "adae.csv: error: this file lies in the data folder, and it is not in the lock",
        "bds/.notes: error: this file lies",
        "old/: error: this folder lies in the data folder",
        "or name it in [data] extra",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    let told = refused(super::super::lock(&study.delivery, head()));
    assert!(
        told.contains("adae.csv: error: this file lies in the data folder, and the specification does not"),
        "{told}"
    );
    study.delivery.extra = vec!["adae.csv".into(), "old/".into(), "bds/.notes".into(), "not-there.pdf".into()];
    open(&study.delivery, &lock).expect("allowed files");
    study.delivery.extra[0] = "adae".into();
    assert!(open(&study.delivery, &lock).is_err(), "a name is allowed as a whole");
}

#[test]
fn very_many_strays_are_counted() {
    let study = Study::new();
    let lock = study.lock();
    (0..30).for_each(|at| study.write(&format!("x{at:02}"), ""));
    let told = refused(open(&study.delivery, &lock));
    assert!(told.contains("… and 10 more in the data folder"), "{told}");
}

#[test]
fn names_that_differ_in_case_or_unicode_form_only_are_refused() {
    let mut study = Study::new();
    let lock = study.lock();
    study.write("ADSL.CSV", SUBJECTS);
    study.delivery.extra = vec!["ADSL.CSV".into(), "caf\u{e9}.pdf".into(), "cafe\u{301}.pdf".into()];
    let told = refused(open(&study.delivery, &lock));
    assert!(told.contains("ADSL.CSV and adsl.csv differ in letter case or Unicode form only"), "{told}");
    std::fs::remove_file(study.root().join("ADSL.CSV")).expect("the scratch file");
    study.write("caf\u{e9}.pdf", "");
    open(&study.delivery, &lock).expect("an allowed file");
    study.write("cafe\u{301}.pdf", "");
    assert!(refused(open(&study.delivery, &lock)).contains("Unicode form only"));
    let mut twice = study.delivery.clone();
    twice.datasets[1].name = "adsl".into();
    twice.datasets[1].shown = "ADSL.csv".into();
    let told = refused(open(&twice, &lock));
    assert!(told.contains("dataset adsl is named twice") && told.contains("path ADSL.csv is named twice"), "{told}");
}

#[test]
fn hard_links_and_files_that_everybody_may_write_are_warnings() {
    use std::os::unix::fs::PermissionsExt;
    let study = Study::new();
    let lock = study.lock();
    let elsewhere =
        tempfile::tempdir_in(study.root().parent().expect("a folder of scratch folders")).expect("a folder");
    std::fs::hard_link(study.root().join("adsl.csv"), elsewhere.path().join("other")).expect("a second name");
    let everybody = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(study.root().join("define.xml"), everybody).expect("our own file");
    let data = open(&study.delivery, &lock).expect("the locked files");
    let told: Vec<String> = data.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("adsl.csv has 2 names"), "{told:?}");
    assert!(told[1].contains("warning: define.xml can be written by everybody"), "{told:?}");
}

#[test]
fn missing_and_altered_files_are_told_together() {
    let study = Study::new();
    let locked = study.locked();
    std::fs::remove_file(study.root().join("adsl.csv")).expect("the scratch file");
    study.write("bds/adxx.csv", &VALUES.replace("7.25", "7.52"));
    study.write("define.xml", "<odm/>");
    for told in [
        refused(open(&study.delivery, &locked.lock)),
        refused(verify(&study.delivery, &locked.lock, Some(&locked.records))),
    ] {
        for expected in [
            "the data file adsl.csv is missing",
            "bds/adxx.csv, ADXX: error: the file is not the locked one: SHA-256 ",
            "bds/adxx.csv, ADXX: error: variable AVAL has other values",
            "define.xml: error: the file is not the locked one",
        ] {
            assert!(told.contains(expected), "{expected}\n{told}");
        }
        assert!(!told.contains("variable UNIT"), "only what changed is named: {told}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_told_of_its_files_once() {
    let mut study = Study::new();
    let lock = study.lock();
    study.delivery.root = study.root().join("nowhere");
    for file in &mut study.delivery.datasets {
        file.path = study.delivery.root.join(&file.shown);
    }
    let told = refused(open(&study.delivery, &lock));
    assert_eq!(told.matches("is missing").count(), 3, "{told}");
}

#[test]
fn verify_computes_what_open_takes_from_the_lock() {
    let study = Study::new();
    let locked = study.locked();
    let digest = "0".repeat(64);
    let mut altered = locked.lock.clone();
    altered.dataset[0].content.clone_from(&digest);
    open(&study.delivery, &altered).expect("the bytes are the locked ones");
    let told = refused(verify(&study.delivery, &altered, Some(&locked.records)));
    assert!(told.contains("ADSL: error: the file is the locked one, but the lock says other things"), "{told}");
    let mut altered = locked.lock.clone();
    altered.dataset[1].variables[2].content.clone_from(&digest);
    altered.dataset[1].variables[2].missing = 0;
    altered.dataset[1].subjects = 4;
    altered.dataset[0].variables[1].content.clone_from(&digest);
    let told = refused(verify(&study.delivery, &altered, Some(&locked.records)));
    for expected in
        ["variable AVAL has 1 missing values instead of 0", "3 subjects instead of 4", "variable AGE has other values"]
    {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    let mut altered = locked.lock.clone();
    altered.digests = digest;
    let told = refused(verify(&study.delivery, &altered, None));
    assert!(told.contains("other digests of their records"), "{told}");
    let told = refused(verify(&study.delivery, &locked.lock, Some(&locked.records.replace("S-01", "S-00"))));
    assert!(told.contains("data.records: error: the digests of the records are not those that were locked"), "{told}");
    let data = verify(&study.delivery, &locked.lock, None).expect("the side file may be lost");
    assert!(data.warnings[0].to_string().contains("data.records: warning:"), "{:?}", data.warnings);
}

#[test]
fn keys_are_variables_and_best_unique() {
    let mut study = Study::new();
    study.delivery.datasets[1].reading.keys = vec!["USUBJID".into(), "VISITS".into()];
    let told = refused(super::super::lock(&study.delivery, head()));
    assert!(
        told.contains("ADXX: error: the key VISITS is not a variable of the dataset\n    hint: did you mean VISIT?"),
        "{told}"
    );
    study.delivery.datasets[1].reading.keys = vec!["USUBJID".into()];
    let locked = study.locked();
    let told = locked.warnings[0].to_string();
    assert!(told.contains("ADXX: warning: 2 records have the key of another one"), "{told}");
    let other = Study::new();
    let mut delivery = study.delivery.clone();
    delivery.datasets[1].reading.keys = other.delivery.datasets[1].reading.keys.clone();
    assert!(refused(open(&delivery, &locked.lock)).contains("the keys are USUBJID, VISIT instead of USUBJID"));
    delivery.subject = "SUBJID".into();
    assert!(
        refused(open(&delivery, &locked.lock))
            .contains("the lock names the subjects by USUBJID, the specification by SUBJID")
    );
}
