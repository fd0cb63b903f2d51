//! Headers as others write them, and as a faulty disk leaves them.

use super::*;

fn sample(version: Version) -> Vec<u8> {
    let label = if version == Version::Five { "Label" } else { "A label of more than forty characters, for LABELV8" };
    let mut table = single(
        Variable { label: label.into(), length: Some(4), ..Variable::new("V1", Kind::Text) },
        texts(&[Some("S-01"), Some("S-02"), Some("S-03")]),
    );
    table.label = "The dataset".into();
    table.variables.push(Variable { length: Some(8), ..Variable::new("V2", Kind::Number) });
    table.values.push(numbers(&[Some(1.0), None, Some(0.1)]));
    write(&table, "ADXX", version, Encoding::Utf8).expect("within the limits")
}

/// The sample with some bytes exchanged.
fn changed(version: Version, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = sample(version);
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

/// Where the headers of the sample lie: 8 lines, the descriptions of two variables in 4, in version 8 a long label.
const NAMESTRS: usize = 640;
const BEHIND: usize = NAMESTRS + 320;

#[test]
fn damaged_headers_are_refused_with_what_is_wrong() {
    for (version, at, bytes, expected) in [
        (Version::Five, 20, &b"LIBV8  "[..], "is not the header line MEMBV8"),
        (Version::Five, 50, b"1", "the header line LIBRARY does not end in zeros"),
        (Version::Five, 90, b"\x07", "the first lines hold control characters"),
        (Version::Five, 240 + 74, b"0139", "neither 140 nor 136 bytes"),
        (Version::Five, 240 + 20, b"MEMBV8 ", "the line at byte 240 is not the header line MEMBER"),
        (Version::Five, 320 + 20, b"DSCPTV8", "the line at byte 320 is not the header line DSCRPTR"),
        (Version::Five, 480 + 34, b"\x01", "the label of the dataset holds control characters"),
        (Version::Five, 560 + 20, b"NAMSTV8", "is not the header line NAMESTR"),
        (Version::Five, 560 + 54, b"9999", "9999 variables do not fit into the file"),
        (Version::Five, 560 + 52, b"999999", "999999 variables are more than a transport file can have"),
        (Version::Five, 560 + 54, b"-002", "the number of variables is not a number"),
        (Version::Five, 560 + 54, b"0001", "something other than blanks stands before byte 800"),
        (Version::Five, 560 + 54, b"0000", "is not the header line OBS"),
        (Version::Five, NAMESTRS, b"\x00\x03", "variable 1 is of the type 3"),
        (Version::Five, NAMESTRS + 4, b"\x00\x00", "ADXX.V1: error: a text variable cannot be 0 bytes long"),
        (Version::Five, NAMESTRS + 4, b"\x01\x00", "ADXX.V1: error: its text of 256 bytes is longer than 200"),
        (Version::Five, NAMESTRS + 140 + 4, b"\x00\x09", "a numeric variable cannot be 9 bytes long"),
        (Version::Five, NAMESTRS + 140 + 87, b"\x02", "ADXX.V2: error: its cell is said to begin at byte 2, not 4"),
        (Version::Five, NAMESTRS + 140 + 84, b"\xff\xff\xff\xff", "is said to begin at byte 4294967295"),
        (Version::Five, NAMESTRS + 8, b"        ", "variable 1 has no name"),
        (Version::Five, NAMESTRS + 8, b"V2      ", "variable V2 stands twice in the file"),
        (Version::Five, NAMESTRS + 8, b"V\x02", "the name of variable 1 holds control characters"),
        (Version::Five, NAMESTRS + 8, b"V\xe9", "the name of variable 1: the text is not UTF-8"),
        (Version::Five, NAMESTRS + 16, b"5 \xb5g", "ADXX.V1: error: the label: the text is not UTF-8"),
        (Version::Five, BEHIND + 20, b"MEMBER ", "is not the header line OBS"),
        (Version::Five, BEHIND + 50, b"7", "the header line OBS does not end in zeros"),
        (Version::Eight, BEHIND + 48, b"x", "the number of long labels is not a number"),
        (Version::Eight, BEHIND + 48, b"3", "3 long labels are more than there are variables"),
        (Version::Eight, BEHIND + 48, b"2", "the header of the transport file is damaged"),
        (Version::Eight, BEHIND + 80 + 4, b"\x7f", "the header of the transport file is damaged"),
        (Version::Eight, BEHIND + 80 + 6, b"X1", "a long label belongs to \"X1\", which is no variable"),
        (Version::Eight, BEHIND + 240 - 80 + 20, b"OBS    ", "is not the header line OBSV8"),
        (Version::Eight, BEHIND + 240 - 80 + 48, b"           -003", "the number of records is not a number"),
        (Version::Eight, BEHIND + 240 - 80 + 48, b"999999999999999", "in the middle of record 7 of 999999999999999"),
        (Version::Eight, BEHIND + 240 - 80 + 48, b"              2", "goes on after the 2 records"),
    ] {
        let refused = told(&read(&changed(version, at, bytes), Encoding::Utf8).expect_err(expected));
        assert!(refused.contains(expected), "{expected}\n{refused}");
    }
}

#[test]
fn what_other_writers_do_is_read_all_the_same() {
    let five = dump(&read(&sample(Version::Five), Encoding::Utf8).expect("a sound file"));
    let eight = dump(&read(&sample(Version::Eight), Encoding::Utf8).expect("a sound file"));
    let count = BEHIND + 240 - 80 + 48;
    for (version, at, bytes) in [
        // No number of records: older ReadStat; numbers elsewhere in the line: other versions of it.
        (Version::Eight, count, &b"000000000000000000000000000000"[..]),
        (Version::Eight, count, b"              3              0"),
        (Version::Eight, count, b"000000000000003"),
        (Version::Eight, BEHIND + 48, b"              1              0"),
        (Version::Eight, BEHIND + 48, b"000010000000000000000000000000"),
        // Names and labels filled with NUL, systems that name themselves in other letters.
        (Version::Five, NAMESTRS + 8, b"V1\0\0\0\0\0\0Label\0\0\0"),
        (Version::Five, 112, b"R 3.5.0\0"),
        (Version::Five, 112, b"Syst\xe8me "),
        // An informat.
        (Version::Five, NAMESTRS + 72, b"$CHAR   \0\x04\0\0"),
    ] {
        let read =
            read(&changed(version, at, bytes), Encoding::Utf8).unwrap_or_else(|findings| panic!("{}", told(&findings)));
        assert_eq!(&dump(&read), if version == Version::Five { &five } else { &eight }, "{bytes:?}");
    }
    // Descriptions of 136 bytes, as on VAX/VMS.
    let sound = sample(Version::Five);
    let mut short = sound[..NAMESTRS].to_vec();
    short[240 + 74..240 + 78].copy_from_slice(b"0136");
    short.extend(sound[NAMESTRS..NAMESTRS + 280].chunks(140).flat_map(|namestr| &namestr[..136]));
    short.resize(BEHIND, b' ');
    short.extend(&sound[BEHIND..]);
    assert_eq!(dump(&read(&short, Encoding::Utf8).expect("a sound file")), five);
}

/// The variables may stand in another order than their cells.
#[test]
fn cells_are_read_from_where_they_lie() {
    let mut bytes = sample(Version::Five);
    let (first, second) = (NAMESTRS..NAMESTRS + 140, NAMESTRS + 140..NAMESTRS + 280);
    let turned = [&bytes[second.clone()], &bytes[first.clone()]].concat();
    bytes[first.start..second.end].copy_from_slice(&turned);
    let read = read(&bytes, Encoding::Utf8).expect("a sound file");
    assert_eq!(read.variables.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>(), ["V2", "V1"]);
    assert_eq!((read.values[0].shown(2).as_deref(), read.values[1].shown(2).as_deref()), (Some("0.1"), Some("S-03")));
}

#[test]
fn padding_of_nul_is_read_where_it_can_be_nothing_else() {
    let mut bytes = sample(Version::Five);
    let data = BEHIND + 80;
    assert_eq!(bytes.len(), data + 80);
    bytes[data + 36..].fill(0);
    // Three records of twelve bytes and 44 of padding: as NULs these could be three records more.
    assert!(told(&read(&bytes, Encoding::Utf8).expect_err("ambiguous")).contains("NULs that may be records or none"));
    let mut eight = sample(Version::Eight);
    let end = eight.len();
    eight[end - 44..].fill(0);
    assert_eq!(read(&eight, Encoding::Utf8).expect("their number is told").records, 3);
    let wide = Variable { length: Some(60), ..Variable::new("V1", Kind::Text) };
    let mut wide = write(&single(wide, texts(&[Some("a")])), "ADXX", Version::Five, Encoding::Utf8).expect("sound");
    let end = wide.len();
    wide[end - 79..].fill(0);
    assert_eq!(read(&wide, Encoding::Utf8).expect("less than a record").records, 1);
}

#[test]
fn the_declared_encoding_reads_what_utf_8_does_not() {
    let text = Variable { label: "Dose in µg".into(), ..Variable::new("V1", Kind::Text) };
    let table = single(text, texts(&[Some("5 µg"), Some("100 €")]));
    let bytes = write(&table, "ADXX", Version::Five, Encoding::Windows1252).expect("western");
    let refused = told(&read(&bytes, Encoding::Utf8).expect_err("not UTF-8"));
    assert!(refused.contains("declare the encoding of the file: encoding = \"windows-1252\""), "{refused}");
    let mut read_as = read(&bytes, Encoding::Windows1252).expect("western");
    assert_eq!(read_as.variables[0].label, "Dose in µg");
    assert_eq!(read_as.values.remove(0).shown(0).as_deref(), Some("5 µg"));
    let mut foreign = bytes;
    let end = foreign.len();
    foreign[end - 80] = 0x81;
    let refused = told(&read(&foreign, Encoding::Windows1252).expect_err("no such character"));
    assert!(refused.contains("ADXX.V1"), "{refused}");
    assert!(refused.contains("a byte that is no character of Windows-1252, the declared encoding"), "{refused}");
}
