//! Mistakes in `study.toml` that need no data to be seen: exit 3, every one of them at once, each with its place.

use std::fmt::Write as _;

use super::{Case, all_refused, flagship, small};
use crate::support::{fixture_study, read, repository};

fn small_text() -> String {
    read(&repository().join("tests/awkward/small/study.toml"))
}

#[test]
fn keys_and_types() {
    all_refused(&[
        small("an unknown key")
            .study("label = \"New\"", "label = \"New\"\n¦labl = \"New\"")
            .exit(3)
            .says(["unknown field `labl`", "did you mean label?"])
            .findings(1),
        small("a misspelt section")
            .study("[visits]", "[¦visit]")
            .exit(3)
            .says(["unknown section visit", "did you mean visits?"]),
        small("a section nobody knows").study("[study]", "¦zzzz = 1\n[study]").exit(3).says(["unknown section zzzz"]),
        small("a text instead of a number")
            .study("within = 7 }", "within = ¦\"7\" }")
            .exit(3)
            .says(["string \"7\""])
            .findings(1),
        small("a number instead of a text")
            .study("label = \"New\"", "label = ¦7")
            .exit(3)
            .says(["integer `7`"])
            .findings(1),
        small("a fraction instead of a whole number")
            .study("days = 7", "days = ¦7.5")
            .exit(3)
            .says(["7.5"])
            .findings(1),
        small("a number too large").study("days = 7", "days = ¦3000000000").exit(3).says(["3000000000"]).findings(1),
        small("a number beyond 64 bits").study("days = 7", "days = ¦99999999999999999999").exit(3).findings(1),
        small("a list instead of a table")
            .study("unit = {", "unit = [¦{")
            .study("conversion = \"creatinine\" }", "conversion = \"creatinine\" }]")
            .exit(3),
        small("a table instead of a list")
            .study("[[arm]]\nid = \"new\"", "[arm]\nid = \"new\"")
            .study("[[arm]]\nid = \"old\"", "[[arms]]\nid = \"old\"")
            .exit(3)
            .says(["[[arm]]"]),
        small("a word that is no choice")
            .study("arm = \"actual\"", "arm = ¦\"acutal\"")
            .exit(3)
            .says(["did you mean actual?"])
            .findings(1),
        small("a method nobody knows")
            .study("\"wilson\"", "¦\"wilsson\"")
            .exit(3)
            .says(["did you mean wilson?"])
            .findings(1),
        small("a key twice")
            .study("label = \"New\"", "label = \"New\"\n¦label = \"Again\"")
            .exit(3)
            .says(["duplicate key"])
            .findings(1),
        small("a table twice").study("[option]", "[visits]\n[option]").exit(3).says(["duplicate key"]).findings(1),
        small("a required key is missing")
            .study("label = \"New\"\n", "")
            .exit(3)
            .says(["missing field `label`", "study/study.toml:"])
            .findings(1),
        small("a required section is missing")
            .study(
                "[data]\nfolder = \"data\"\nsubjects = \"ADSL\"\n[data.datasets]",
                "[¦dat]\nfolder = \"data\"\nsubjects = \"ADSL\"\n[dat.datasets]",
            )
            .exit(3)
            .says(["unknown section dat", "did you mean data?", "the section [data] is missing"])
            .findings(2),
        small("an open quote").study("label = \"New\"", "label = \"New¦").exit(3).says(["study/study.toml:"]),
        small("an open bracket")
            .study("prefer = [\"LBSEQ\"]", "prefer = [\"LBSEQ\"")
            .exit(3)
            .says(["study/study.toml:"]),
        small("a line of another language").study("[visits]", "visits: {}\n[visits]").exit(3),
    ]);
}

#[test]
fn references_of_analyses_and_displays() {
    all_refused(&[
        small("an analysis set of an endpoint")
            .study("role = \"primary\"\nanalysis-set = \"all\"", "role = \"primary\"\nanalysis-set = ¦\"al\"")
            .exit(3)
            .says(["analysis set al is not defined", "did you mean all?"])
            .findings(1),
        small("an analysis set of a summary")
            .study("id = \"who\"\nanalysis-set = \"all\"", "id = \"who\"\nanalysis-set = ¦\"everybody\"")
            .exit(3)
            .says(["analysis set everybody is not defined", "known: all, treated"])
            .findings(1),
        small("an analysis set of an item")
            .study("count = \"SAFFL = 'Y'\"", "count = \"SAFFL = 'Y'\", set = ¦\"treatd\"")
            .exit(3)
            .says(["did you mean treated?"])
            .findings(1),
        small("an analysis set of a listing")
            .study("at = \"W8\"\nanalysis-set = \"all\"", "at = \"W8\"\nanalysis-set = ¦\"nobody\"")
            .exit(3)
            .says(["analysis set nobody is not defined"])
            .findings(1),
        small("a summary of a display")
            .study("of = \"who\"", "of = ¦\"whom\"")
            .exit(3)
            .says(["summary whom is not defined", "did you mean who?"])
            .findings(1),
        small("an endpoint of a display")
            .study("of = [\"resp\"]\nvariants", "of = [\"resp\", ¦\"rsp\"]\nvariants")
            .exit(3)
            .says(["binary endpoint rsp is not defined", "did you mean resp?"])
            .findings(1),
        small("an endpoint of the wrong kind")
            .study("of = [\"resp\"]\nvariants", "of = [¦\"score\"]\nvariants")
            .exit(3)
            .says(["binary endpoint score is not defined"])
            .findings(1),
        small("a binary endpoint where a model is wanted")
            .study("[display.ancova]\nof = \"score\"", "[display.ancova]\nof = ¦\"resp\"")
            .exit(3)
            .says(["endpoint of analysis of covariance resp is not defined"])
            .findings(1),
        small("a variant of a display")
            .study("variants = [\"wide\"]", "variants = [¦\"wild\"]")
            .exit(3)
            .says(["variant wild is not defined", "did you mean wide?"])
            .findings(1),
        small("an estimand of a display")
            .study("estimand = \"resp\"", "estimand = ¦\"response\"")
            .exit(3)
            .says(["endpoint response is not defined"])
            .findings(1),
        small("a section of a display")
            .study("number = \"Figure 1\"\nsection = \"1\"", "number = \"Figure 1\"\nsection = ¦\"2\"")
            .exit(3)
            .says(["section 2 is not defined"])
            .findings(1),
        small("a visit of an endpoint")
            .study("at = [\"W4\", \"W8\"]", "at = [\"W4\", ¦\"W9\"]")
            .exit(3)
            .says(["visit W9 is not defined"])
            .findings(1),
        small("a visit of a subject variable")
            .study("w8 = { frame = \"state\", at = \"W8\"", "w8 = { frame = \"state\", at = ¦\"WEEK8\"")
            .exit(3)
            .says(["visit WEEK8 is not defined", "known: W4, W8"])
            .findings(1),
        small("a frame of a derivation")
            .study("label = \"Good size\"\nframe = \"state\"", "label = \"Good size\"\nframe = ¦\"stat\"")
            .exit(3)
            .says(["frame or records stat is not defined", "did you mean state?"])
            .findings(1),
        small("a frame of a listing")
            .study("[display.listing]\nframe = \"state\"", "[display.listing]\nframe = ¦\"nowhere\"")
            .exit(3)
            .says(["frame nowhere is not defined"])
            .findings(1),
    ]);
}

#[test]
fn references_of_measurements_and_variants() {
    all_refused(&[
        small("a measure of a frame")
            .study("measures = [\"size\"]", "measures = [\"size\", ¦\"sise\"]")
            .exit(3)
            .says(["measure sise is not defined", "did you mean size?"])
            .findings(1),
        small("a dose of a frame")
            .study("doses = [\"drug\"]", "doses = [¦\"drag\"]")
            .exit(3)
            .says(["dose drag is not defined"])
            .findings(1),
        small("an event of a frame")
            .study("events = [\"death\"]", "events = [¦\"dearth\"]")
            .exit(3)
            .says(["event dearth is not defined"])
            .findings(1),
        small("a dataset of a measure")
            .study(
                "[measure.size]\nlabel = \"Size\"\ndataset = \"ADLB\"",
                "[measure.size]\nlabel = \"Size\"\ndataset = ¦\"ADLAB\"",
            )
            .exit(3)
            .says(["dataset ADLAB is not defined", "did you mean ADLB?"])
            .findings(1),
        small("the dataset of the subjects")
            .study("subjects = \"ADSL\"", "subjects = ¦\"ADSJ\"")
            .exit(3)
            .says(["dataset ADSJ is not defined", "did you mean ADSL?"])
            .findings(1),
        small("an instrument")
            .study("instrument = \"glucocorticoid\"", "instrument = ¦\"glucocorticoids\"")
            .exit(3)
            .says(["instrument glucocorticoids is not defined", "did you mean glucocorticoid?"])
            .findings(1),
        small("a conversion")
            .study("conversion = \"creatinine\"", "conversion = ¦\"creatinin\"")
            .exit(3)
            .says(["conversion creatinin is not defined", "did you mean creatinine?"])
            .findings(1),
        small("a unit of a conversion")
            .study("to = \"mg/dL\"", "to = \"mg/l\"")
            .exit(3)
            .says(["conversion creatinine has no unit mg/l", "µmol/L"])
            .findings(1),
        small("an endpoint of a variant")
            .study("of = [\"resp\"]\noption", "of = [¦\"respo\"]\noption")
            .exit(3)
            .says(["endpoint respo is not defined"])
            .findings(1),
        small("an option of a variant")
            .study("option = { limit = 2 }", "option = { limt = 2 }")
            .exit(3)
            .says(["variant wide: option limt is not defined", "did you mean limit?"])
            .findings(1),
        small("a value of an option")
            .study("option = { limit = 2 }", "option = { limit = 3 }")
            .exit(3)
            .says(["variant wide: option limit has no value"])
            .never("Number(")
            .findings(1),
        flagship("an analysis set of the masking")
            .study("analysis-sets = [\n  \"per-protocol\",", "analysis-sets = [\n  ¦\"per-protocoll\",")
            .exit(3)
            .says(["did you mean per-protocol?"])
            .findings(1),
        flagship("a dataset of the masking")
            .study("datasets = [\n  \"ADEX\",", "datasets = [\n  ¦\"ADEY\",")
            .exit(3)
            .says(["dataset ADEY is not defined"])
            .findings(1),
    ]);
}

#[test]
fn names_and_windows() {
    all_refused(&[
        small("two arms of one name")
            .study("id = \"old\"", "id = ¦\"new\"")
            .exit(3)
            .says(["arm new is defined twice"])
            .findings(1),
        small("two analyses of one name")
            .study("id = \"who\"", "id = ¦\"resp\"")
            .exit(3)
            .says(["analysis resp is defined twice"]),
        small("two displays of one name")
            .study("id = \"t-who\"", "id = ¦\"f-flow\"")
            .exit(3)
            .says(["display f-flow is defined twice"])
            .findings(1),
        small("two items of one name")
            .study("id = \"sex\"", "id = ¦\"age\"")
            .exit(3)
            .says(["item age is defined twice"])
            .findings(1),
        small("two visits of one name")
            .study("id = \"W8\"", "id = ¦\"W4\"")
            .exit(3)
            .says(["visit W4 is defined twice"]),
        small("a name with a blank")
            .study("id = \"t-who\"", "id = ¦\"t who\"")
            .exit(3)
            .says(["only letters, digits"])
            .findings(1),
        small("a name that climbs")
            .study("id = \"t-who\"", "id = ¦\"../t-who\"")
            .exit(3)
            .says(["only letters, digits"])
            .findings(1),
        small("two arms of reference")
            .study("actual = \"TRT01A = 'NEW'\"", "actual = \"TRT01A = 'NEW'\"\nreference = true")
            .exit(3)
            .says(["more than one arm is the reference"])
            .findings(1),
        small("windows that overlap")
            .study("day = 57", "day = 40")
            .exit(3)
            .says(["the windows of visits W4 and W8 overlap"])
            .findings(1),
        small("visits in the wrong order").study("day = 57", "day = 15").exit(3).says(["W4", "W8"]),
        small("a visit before the study").study("day = 29", "day = 1").exit(3).says(["visit W4 is not after baseline"]),
        small("a window smaller than nothing")
            .study("within = 7 }", "within = -1 }")
            .exit(3)
            .says(["the window of visit W4"]),
        small("a wider window that is narrower")
            .study("when-empty = 10", "when-empty = 3")
            .exit(3)
            .says(["the window of visit W8"]),
    ]);
}

#[test]
fn things_of_exactly_one_kind() {
    all_refused(&[
        small("an endpoint of two kinds")
            .study("[[endpoint]]\nid = \"score\"", "[endpoint.ancova]\ndataset = \"ADQS\"\nwhere = \"TRUE\"\nresponse = \"CHG\"\n[[endpoint]]\nid = \"score\"")
            .exit(3)
            .says(["endpoint resp needs exactly one kind"]),
        small("an endpoint of no kind")
            .study("[endpoint.ancova]\ndataset = \"ADQS\"", "[[endpoint]]\nid = \"e\"\nlabel = \"E\"\nrole = \"primary\"\nanalysis-set = \"all\"\n[endpoint.ancova]\ndataset = \"ADQS\"")
            .exit(3)
            .says(["endpoint score needs exactly one kind"]),
        small("a display of no layout")
            .study("[display.flow]\n", "")
            .exit(3)
            .says(["display f-flow needs exactly one layout"])
            .findings(1),
        small("a display of two layouts")
            .study("[display.flow]\n", "[display.flow]\n[display.summary]\nof = \"who\"\n")
            .exit(3)
            .says(["display f-flow needs exactly one layout"])
            .findings(1),
        small("a derivation with a rule and with cases")
            .study("cases = [", "rule = \"TRUE\"\ncases = [")
            .exit(3)
            .says(["derivation response needs either a rule or cases"])
            .findings(1),
        small("a derivation with neither")
            .study("rule = \"size <= :limit\"\n", "")
            .exit(3)
            .says(["derivation good needs either a rule or cases"])
            .findings(1),
        small("a case without condition before the last")
            .study("{ when = \"good\", then", "{ then")
            .exit(3)
            .says(["derivation response: the last case"])
            .findings(1),
        small("a last case with a condition")
            .study("{ then = \"NO\", reason = \"BAD\" }", "{ when = \"TRUE\", then = \"NO\", reason = \"BAD\" }")
            .exit(3)
            .says(["derivation response: the last case"])
            .findings(1),
        small("a case that gives nothing")
            .study("{ when = \"good\", then = \"YES\", reason", "{ when = \"good\", reason")
            .exit(3)
            .says(["either `then` or `then-rule`"])
            .findings(1),
        small("an option whose default is no value of it")
            .study("default = 1", "default = 3")
            .exit(3)
            .says(["option limit: the default"])
            .never("study.toml:1:1"),
    ]);
}

#[test]
fn numbers_and_formats() {
    all_refused(&[
        small("an item that is two things")
            .study("number = \"AGE\"", "number = \"AGE\", count = \"TRUE\"")
            .exit(3)
            .says(["item age is exactly one of"])
            .findings(1),
        small("a test that does not fit")
            .study("number = \"AGE\"", "number = \"AGE\", test = \"fisher\"")
            .exit(3)
            .says(["the test of item age"])
            .findings(1),
        small("levels of a number")
            .study("number = \"AGE\"", "number = \"AGE\", levels = [{ value = \"1\", label = \"1\" }]")
            .exit(3)
            .says(["item age has levels"])
            .findings(1),
        small("a method that does not fit")
            .study("\"fisher\"]", "\"anova\"]")
            .exit(3)
            .says(["method anova"])
            .findings(1),
        small("a confidence level in per cent")
            .study("methods = [\"wilson\"", "conf-level = 95\nmethods = [\"wilson\"")
            .exit(3)
            .says(["between 0 and 1", "hint: write 0.95 for 95 %"])
            .findings(1),
        small("a confidence level that is no number")
            .study("methods = [\"wilson\"", "conf-level = nan\nmethods = [\"wilson\"")
            .exit(3)
            .says(["between 0 and 1"])
            .findings(1),
        small("a trend without doses")
            .study("covariates = [\"BASE\"]", "covariates = [\"BASE\"]\ntrend = true")
            .exit(3)
            .says(["dose of arm new"]),
        small("a dose over no day").study("days = 7", "days = 0").exit(3).says(["at least one day"]).findings(1),
        small("baseline days from last to first")
            .study("[-7, -1]", "[-1, -7]")
            .exit(3)
            .says(["from a first to a last"])
            .findings(1),
        small("a format that names no statistic")
            .study("total = true", "total = true\ncount = \"{count} ({shar})\"")
            .exit(3)
            .says(["names no statistic: shar", "did you mean {share}?"])
            .findings(1),
        small("a format with an open brace")
            .study("total = true", "total = true\ncount = \"{count\"")
            .exit(3)
            .says(["has a { without }"])
            .findings(1),
    ]);
}

#[test]
fn paths_and_statistics() {
    all_refused(&[
        small("a data file with .. in its path")
            .study("adlb.csv", "../data/adlb.csv")
            .exit(3)
            .says(["does not lie in the data folder", "without .."])
            .findings(1),
        small("a data file at the root")
            .study("file = \"adlb.csv\"", "file = ¦\"/etc/passwd\"")
            .exit(3)
            .says(["does not lie in the data folder"]),
        small("a data file of unknown format")
            .study("file = \"adlb.csv\"", "file = ¦\"adlb.xlsx\"")
            .exit(3)
            .says(["the format of adlb.xlsx", "hint: write format ="])
            .findings(1),
        small("a statistic that a table of counts cannot show")
            .study("total = true", "total = true\ncount = \"{mean}\"")
            .exit(3)
            .says(["study/study.toml:", "mean"]),
        small("a statistic that a table of numbers cannot show")
            .study("total = true", "total = true\nnumber-rows = [{ label = \"n\", show = \"{count}\" }]")
            .exit(3)
            .says(["study/study.toml:", "count"]),
    ]);
}

/// Numbers and lists that are well formed and mean nothing: each once made the program stop in the middle.
#[test]
fn values_beyond_reason() {
    let twice =
        |what: &str, from: &str, to: &str| -> Case { small(what).study(from, to).exit(3).says(["study/study.toml:"]) };
    all_refused(&[
        twice("a visit twice in an endpoint", "at = [\"W4\", \"W8\"]", "at = [\"W8\", \"W8\"]"),
        twice(
            "a method twice in an endpoint",
            "\"wilson\", \"newcombe\", \"fisher\"",
            "\"wilson\", \"fisher\", \"fisher\"",
        ),
        twice(
            "a level twice in a category",
            "{ value = \"M\", label = \"Male\" }",
            "{ value = \"M\", label = \"Male\" }, { value = \"F\", label = \"Woman\" }",
        ),
        twice(
            "a reason twice in the flow",
            "not-received = [",
            "not-received = [{ label = \"Never treated\", rule = \"SAFFL = 'Z'\" }, ",
        ),
        twice(
            "a described variable twice",
            "describe = [",
            "describe = [\n  { id = \"change\", label = \"Again\", where = \"PARAMCD = 'SCORE'\", value = \"CHG\" },",
        ),
        twice("a section twice", "[[display]]", "[[section]]\nnumber = \"1\"\ntitle = \"Again\"\n\n[[display]]"),
        twice(
            "a visit at the end of time",
            "day = 57, within = 7, when-empty = 10",
            "day = 2147483647, within = 7, when-empty = 10",
        ),
        twice("a window as wide as time", "day = 29, within = 7", "day = 29, within = 2147483647"),
        twice("baseline days from the beginning of time", "[-7, -1]", "[-2147483648, -1]"),
        twice("baseline days to the end of time", "[-7, -1]", "[-7, 2147483647]"),
        twice("more decimals than a number has", "number = \"AGE\"", "number = \"AGE\", decimals = 255"),
        twice(
            "a frame with two columns of one name",
            "date = \"ADT\"\nprefer",
            "beside = { drug = \"LBSEQ\" }\ndate = \"ADT\"\nprefer",
        ),
        twice(
            "a frame with two baselines of one name",
            "date = \"ADT\"\nprefer",
            "beside = { size_base = \"LBSEQ\" }\ndate = \"ADT\"\nprefer",
        ),
        twice("a measure twice in a frame", "measures = [\"size\"]", "measures = [\"size\", \"size\"]"),
        twice("an empty identifier of the study", "id = \"SMALL\"", "id = \"\""),
        twice(
            "an identifier of the study longer than a file name",
            "id = \"SMALL\"",
            &format!("id = \"{}\"", "x".repeat(400)),
        ),
        twice("an empty title of the study", "title = \"A small study for tests\"", "title = \"\""),
        twice("an empty title of a display", "title = \"Flow\"", "title = \"\""),
        twice("an empty title of a section", "title = \"Everything\"", "title = \"\""),
        twice("a language that is none", "simulated = true", "simulated = true\nlanguage = \"english\""),
        twice("an endpoint at no visit", "at = [\"W4\", \"W8\"]", "at = []"),
    ]);
}

#[test]
fn mistakes_of_all_sections_are_told_at_once() {
    all_refused(&[
        small("five mistakes of five sections")
            .study("simulated = true", "simulated = ¦\"yes\"")
            .study("label = \"New\"", "¦labl = \"New\"")
            .study("within = 7 }", "within = ¦\"7\" }")
            .study("role = \"primary\"", "role = ¦\"main\"")
            .study("[display.flow]", "[display.¦flw]")
            .exit(3)
            .findings(5),
        small("a mistake of the first and of the last line")
            .study("[study]", "¦zzzz = 1\n[study]")
            .study(
                "{ variable = \"response_reason\", label = \"Reason\" },",
                "{ variable = \"response_reason\", ¦lable = \"Reason\" },",
            )
            .exit(3)
            .findings(2),
        small("ten references that lead nowhere")
            .study("subjects = \"ADSL\"", "subjects = ¦\"ADS\"")
            .study("measures = [\"size\"]", "measures = [¦\"siz\"]")
            .study("doses = [\"drug\"]", "doses = [¦\"dru\"]")
            .study("events = [\"death\"]", "events = [¦\"deat\"]")
            .study("label = \"Good size\"\nframe = \"state\"", "label = \"Good size\"\nframe = ¦\"stat\"")
            .study("at = [\"W4\", \"W8\"]", "at = [¦\"W5\", ¦\"W9\"]")
            .study("of = \"who\"", "of = ¦\"wh\"")
            .study("estimand = \"resp\"", "estimand = ¦\"res\"")
            .study("variants = [\"wide\"]", "variants = [¦\"wid\"]")
            .exit(3)
            .findings(10),
    ]);
}

/// The ways a text file can be written.
#[test]
fn encodings_and_line_ends() {
    let text = small_text();
    let accepted: [(&str, Vec<u8>); 4] = [
        ("a byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("line ends of Windows", text.replace('\n', "\r\n").into_bytes()),
        ("both", format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes()),
        ("no line end at the end", text.trim_end().as_bytes().to_vec()),
    ];
    for (name, bytes) in accepted {
        let desk = super::Desk::with(super::Original::Small);
        std::fs::write(desk.study("study.toml"), bytes).expect("the scratch folder takes files");
        let outcome = desk.call(&["check", "study"]);
        assert_eq!(outcome.exit, 0, "a study file with {name} is refused: {}", outcome.stderr);
    }
    all_refused(&[
        small("an empty file")
            .whole("")
            .exit(3)
            .says(["the section [study] is missing", "the section [data] is missing"]),
        small("a file of comments").whole("# nothing\n").exit(3).says(["the section [study] is missing"]),
        small("another encoding")
            .whole(
                text.replace("Test report", "T?st report")
                    .into_bytes()
                    .iter()
                    .map(|b| if *b == b'?' { 0xe9 } else { *b })
                    .collect::<Vec<u8>>(),
            )
            .exit(7)
            .says(["study/study.toml", "not UTF-8"]),
        small("UTF-16").whole(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).exit(3),
        small("a zero byte").whole(text.replace("Test report", "Test¦\0report")).exit(3),
        small("line ends of old").whole(text.replace('\n', "\r")).exit(3),
        small("a mistake behind a byte order mark")
            .whole(format!("\u{feff}{}", text.replace("[study]", "zzzz = 1\n[study]")))
            .exit(3)
            .says(["study/study.toml:3:1"]),
        small("a mistake of the first line behind a byte order mark")
            .whole(format!("\u{feff}zzzz = 1\n{text}"))
            .exit(3)
            .says(["study/study.toml:1:1"]),
        small("a mistake between line ends of Windows")
            .whole(text.replace("within = 7 }", "within = ¦\"7\" }").replace('\n', "\r\n"))
            .exit(3)
            .findings(1),
    ]);
}

/// Five megabytes that are no specification are refused quickly, and not with five megabytes of findings.
#[test]
fn garbage_of_any_size_is_refused_quickly() {
    let mut random: u64 = 7;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(random >> 56).unwrap_or_default()
    };
    let noise: Vec<u8> = (0..5_000_000).map(|_| next()).collect();
    let letters: Vec<u8> = noise.iter().map(|byte| b"abc def=[]\"{}\n#'."[usize::from(*byte) % 17]).collect();
    let mut keys = String::new();
    for number in 0..400_000 {
        _ = writeln!(keys, "k{number} = 1");
    }
    let mut faults = Vec::new();
    for (name, bytes, exit) in [
        ("noise", noise, 7),
        ("letters", letters, 3),
        ("one word again and again", b"abc\n".repeat(1_250_000), 3),
        ("one long word", b"x".repeat(5_000_000), 3),
        ("zeros", vec![0; 5_000_000], 3),
        ("empty lines", b"\n".repeat(5_000_000), 3),
        ("unknown keys", keys.into_bytes(), 3),
    ] {
        let desk = super::Desk::with(super::Original::Small);
        std::fs::write(desk.study("study.toml"), bytes).expect("the scratch folder takes files");
        let started = std::time::Instant::now();
        let refusal = desk.refusal(&["check", "study"], exit);
        let length = refusal.outcome.map_or(0, |outcome| outcome.stderr.len());
        let mut list = refusal.list;
        let seconds = started.elapsed().as_secs_f64();
        if seconds > 5.0 {
            list.push(format!("took {seconds:.1} s"));
        }
        if length > 1_000_000 {
            list.push(format!("was told in {length} bytes"));
        }
        faults.push((format!("5 MB of {name}"), list));
    }
    super::report(faults);
}

#[test]
fn depth_without_end_is_refused() {
    let deep =
        |open: &str, middle: &str, close: &str| format!("{}{middle}{}", open.repeat(20_000), close.repeat(20_000));
    all_refused(&[
        small("lists in lists").study("[study]", &format!("x = {}\n[study]", deep("[", "", "]"))).exit(3),
        small("tables in tables").study("[study]", &format!("x = {}\n[study]", deep("{ a = ", "1", " }"))).exit(3),
        small("a key of many parts").study("[study]", &format!("x{} = 1\n[study]", ".x".repeat(20_000))).exit(3),
        small("a header of many parts").study("[study]", &format!("[x{}]\n[study]", ".x".repeat(20_000))).exit(3),
    ]);
}

/// The flagship study itself, with a mistake in each of its longer sections.
#[test]
fn the_flagship_study_tells_its_mistakes_too() {
    let text = read(&fixture_study("ln-msc-il2").join("study.toml"));
    assert!(text.contains("[flow]"), "the flagship study has a flow");
    all_refused(&[
        flagship("mistakes of the flow, a derivation and the visits")
            .study("not-analysed = []", "not-analysed = []\n¦notanalysed = []")
            .study("{ then = \"UNKNOWN\" },", "{ ¦than = \"UNKNOWN\" },")
            .study("tie = \"later\"", "tie = ¦\"latest\"")
            .exit(3)
            .findings(3),
        flagship("a mistake in a list of many lines")
            .study("label = \"Week 16\", day = 113", "label = \"Week 16\", day = ¦\"113\"")
            .exit(3)
            .findings(1),
    ]);
}
