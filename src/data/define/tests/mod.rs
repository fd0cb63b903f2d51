//! The reader and the checks against a define.xml of our own, in both versions.

mod checks;
mod hostile;

use super::*;
use crate::error::Finding;

/// A small define.xml. `{def}` and `{head}` differ between the versions.
const TEMPLATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="{def}" xmlns:xlink="http://www.w3.org/1999/xlink"
     ODMVersion="1.3.2" FileType="Snapshot" FileOID="F.1" CreationDateTime="2026-01-01T00:00:00">
 <Study OID="S.1">
  <GlobalVariables><StudyName>STUDY-1</StudyName><StudyDescription>A study</StudyDescription>
   <ProtocolName>P-1</ProtocolName></GlobalVariables>
  <MetaDataVersion OID="MDV.1" Name="Data of STUDY-1" {head}
   <def:ValueListDef OID="VL.AVAL">
    <ItemRef ItemOID="IT.AVAL.SCORE" Mandatory="Yes">
     <def:WhereClauseRef WhereClauseOID="WC.SCORE"/></ItemRef>
    <ItemRef ItemOID="IT.AVAL.TIME" Mandatory="No"><def:WhereClauseRef WhereClauseOID="WC.TIME"/></ItemRef>
   </def:ValueListDef>
   <def:WhereClauseDef OID="WC.SCORE">
    <RangeCheck SoftHard="Soft" def:ItemOID="IT.PARAMCD" Comparator="IN">
     <CheckValue>SCORE</CheckValue><CheckValue>SCORE2</CheckValue></RangeCheck>
    <RangeCheck SoftHard="Soft" def:ItemOID="IT.AVISITN" Comparator="GE"><CheckValue>0</CheckValue></RangeCheck>
   </def:WhereClauseDef>
   <def:WhereClauseDef OID="WC.TIME">
    <RangeCheck SoftHard="Soft" def:ItemOID="IT.PARAMCD" Comparator="EQ"><CheckValue>TIME</CheckValue></RangeCheck>
   </def:WhereClauseDef>
   <ItemGroupDef OID="IG.ADXX" Name="ADXX" Repeating="Yes" Purpose="Analysis" def:Structure="one record per visit"
     def:ArchiveLocationID="LF.ADXX" {class}
    <Description><TranslatedText xml:lang="en">Scores &amp; times</TranslatedText></Description>
    {inner}
    <ItemRef ItemOID="IT.PARAMCD" OrderNumber="2" Mandatory="Yes" KeySequence="2"/>
    <ItemRef ItemOID="IT.USUBJID" OrderNumber="1" Mandatory="Yes" KeySequence="1" MethodOID="MT.1"/>
    <ItemRef ItemOID="IT.AVISITN" OrderNumber="3" Mandatory="No" KeySequence="3"/>
    <ItemRef ItemOID="IT.ADT" OrderNumber="4" Mandatory="No"/>
    <ItemRef ItemOID="IT.DTC" OrderNumber="5" Mandatory="No"/>
    <ItemRef ItemOID="IT.AVAL" OrderNumber="6" Mandatory="No"/>
    <def:leaf ID="LF.ADXX" xlink:href="adxx.xpt"><def:title>adxx.xpt</def:title></def:leaf>
   </ItemGroupDef>
   <ItemDef OID="IT.USUBJID" Name="USUBJID" DataType="text" Length="4" def:CommentOID="COM.1">
    <Description><TranslatedText>Subject</TranslatedText></Description><def:Origin Type="Predecessor"/></ItemDef>
   <ItemDef OID="IT.PARAMCD" Name="PARAMCD" DataType="text" Length="8">
    <Description><TranslatedText>Parameter</TranslatedText></Description>
    <CodeListRef CodeListOID="CL.PARAM"/></ItemDef>
   <ItemDef OID="IT.AVISITN" Name="AVISITN" DataType="integer" Length="8">
    <Description><TranslatedText>Visit</TranslatedText></Description><CodeListRef CodeListOID="CL.VISIT"/></ItemDef>
   <ItemDef OID="IT.ADT" Name="ADT" DataType="integer" Length="8" def:DisplayFormat="DATE9."/>
   <ItemDef OID="IT.DTC" Name="DTC" DataType="partialDatetime"/>
   <ItemDef OID="IT.AVAL" Name="AVAL" DataType="float" Length="8" SignificantDigits="2">
    <Description><TranslatedText>Value</TranslatedText></Description>
    <def:ValueListRef ValueListOID="VL.AVAL"/></ItemDef>
   <ItemDef OID="IT.AVAL.SCORE" Name="AVAL" DataType="integer" Length="2">
    <CodeListRef CodeListOID="CL.SCORE"/></ItemDef>
   <ItemDef OID="IT.AVAL.TIME" Name="AVAL" DataType="float"/>
   <CodeList OID="CL.PARAM" Name="Parameters" DataType="text">
    <CodeListItem CodedValue="SCORE"><Decode><TranslatedText>A score</TranslatedText></Decode></CodeListItem>
    <EnumeratedItem CodedValue="SCORE2"/><EnumeratedItem CodedValue="TIME"/></CodeList>
   <CodeList OID="CL.VISIT" Name="Visits" DataType="integer"><EnumeratedItem CodedValue="0"/>
    <EnumeratedItem CodedValue="8.0"/><EnumeratedItem CodedValue="-1"/></CodeList>
   <CodeList OID="CL.SCORE" Name="Scores" DataType="integer"><EnumeratedItem CodedValue="1"/>
    <EnumeratedItem CodedValue="2"/></CodeList>
   <CodeList OID="CL.TERMS" Name="Terms" DataType="text"><ExternalCodeList Dictionary="TERMS" Version="8.0"/></CodeList>
   <MethodDef OID="MT.1" Name="m" Type="Computation"><Description><TranslatedText>As is</TranslatedText></Description></MethodDef>
   <def:CommentDef OID="COM.1"><Description><TranslatedText>Unique</TranslatedText></Description></def:CommentDef>
  </MetaDataVersion>
 </Study>
</ODM>
"#;

fn sample(version: &str) -> String {
    let (def, head, class, inner) = match version {
        "2.0" => (
            "http://www.cdisc.org/ns/def/v2.0",
            r#"def:DefineVersion="2.0.0" def:StandardName="CDISC ADaM" def:StandardVersion="2.1">"#,
            r#"def:Class="BASIC DATA STRUCTURE">"#,
            "",
        ),
        _ => (
            "http://www.cdisc.org/ns/def/v2.1",
            r#"def:DefineVersion="2.1.0"><def:Standards>
            <def:Standard OID="STD.1" Name="ADaMIG" Type="IG" Version="1.1" Status="Final"/></def:Standards>"#,
            ">",
            r#"<def:Class Name="BASIC DATA STRUCTURE"/>"#,
        ),
    };
    let text = TEMPLATE.replace("{def}", def).replace("{head}", head);
    text.replace("{class}", class).replace("{inner}", inner)
}

fn sound(text: &str) -> Define {
    read(text.as_bytes(), "define.xml").unwrap_or_else(|findings| panic!("{}", shown(&findings)))
}

fn shown(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What is said of the sample after one replacement.
fn refused(from: &str, to: &str) -> String {
    let text = sample("2.1");
    assert!(text.contains(from), "{from} is not in the sample");
    shown(&read(text.replacen(from, to, 1).as_bytes(), "define.xml").expect_err("it should have been refused"))
}

#[test]
fn both_versions_say_the_same_of_the_data() {
    let (old, new) = (sound(&sample("2.0")), sound(&sample("2.1")));
    assert_eq!((old.version.as_str(), new.version.as_str()), ("2.0.0", "2.1.0"));
    assert_eq!((new.study.as_str(), new.protocol.as_str()), ("STUDY-1", "P-1"));
    let standard = |name: &str, version: &str, sort: &str| {
        vec![Standard { name: name.into(), version: version.into(), sort: sort.into() }]
    };
    assert_eq!(old.standards, standard("CDISC ADaM", "2.1", ""));
    assert_eq!(new.standards, standard("ADaMIG", "1.1", "IG"));
    for define in [&old, &new] {
        let dataset = define.dataset("adxx").expect("the dataset in any letter case");
        assert_eq!((dataset.label.as_str(), dataset.class.as_str()), ("Scores & times", "BASIC DATA STRUCTURE"));
        assert_eq!(
            (dataset.structure.as_str(), dataset.archive.as_deref()),
            ("one record per visit", Some("adxx.xpt"))
        );
        assert_eq!(dataset.keys, ["USUBJID", "PARAMCD", "AVISITN"]);
        let names: Vec<&str> = dataset.variables.iter().map(|variable| variable.item.name.as_str()).collect();
        assert_eq!(names, ["USUBJID", "PARAMCD", "AVISITN", "ADT", "DTC", "AVAL"]);
        let subject = dataset.variable("USUBJID").expect("the subject");
        assert_eq!((subject.method.as_deref(), subject.item.comment.as_deref()), (Some("As is"), Some("Unique")));
        assert_eq!((subject.item.origin.as_deref(), subject.item.length), (Some("Predecessor"), Some(4)));
        let value = &dataset.variable("AVAL").expect("the value").values[0];
        assert_eq!((value.item.data_type, value.mandatory), (DataType::Integer, true));
        assert_eq!(value.clauses[0].checks[1].comparator, Comparator::Ge);
        assert_eq!(value.clauses[0].checks[0].values, ["SCORE", "SCORE2"]);
        assert_eq!(define.label("ADXX", "AVAL"), Some("Value"));
        assert_eq!(define.label("ADXX", "ADT"), None);
        let kinds = define.declared("ADXX");
        let wanted = [Kind::Date, Kind::Number, Kind::Number, Kind::Text, Kind::Text, Kind::Text];
        assert_eq!(kinds.into_values().collect::<Vec<_>>(), wanted);
        assert_eq!(define.code_lists["CL.PARAM"].values["SCORE"].as_deref(), Some("A score"));
        assert_eq!(define.dictionaries(), [&Dictionary { name: "TERMS".into(), version: "8.0".into() }]);
        assert!(define.warnings.is_empty());
    }
}

#[test]
fn each_fault_of_the_file_is_told_with_its_rule_and_line() {
    for (from, to, wanted) in [
        (
            "http://www.cdisc.org/ns/def/v2.1",
            "http://www.cdisc.org/ns/def/v3.0",
            "error [DEF-002]: the MetaDataVersion",
        ),
        ("</Study>", "</study>", "error [DEF-001]: the file is not well-formed XML"),
        ("Name=\"PARAMCD\"", "", "error [DEF-003]: ItemDef has no Name"),
        ("DataType=\"float\" Length", "DataType=\"double\" Length", "error [DEF-004]: “double” is no data type"),
        ("Comparator=\"GE\"", "Comparator=\"=>\"", "error [DEF-004]: “=>” is no comparator"),
        ("Length=\"4\"", "Length=\"four\"", "error [DEF-004]: Length is no whole number: “four”"),
        ("Mandatory=\"Yes\"", "Mandatory=\"true\"", "error [DEF-004]: Mandatory is neither Yes nor No: “true”"),
        ("CodedValue=\"-1\"", "CodedValue=\"x\"", "error [DEF-004]: the coded value “x” is no number"),
        ("OID=\"IT.DTC\" Name", "OID=\"IT.ADT\" Name", "error [DEF-005]: there are two ItemDef with the OID “IT.ADT”"),
        ("Name=\"DTC\"", "Name=\"adt\"", "error [DEF-005]: the variable adt stands twice in ADXX"),
        ("KeySequence=\"3\"", "KeySequence=\"2\"", "have the same KeySequence"),
        ("CodedValue=\"SCORE2\"", "CodedValue=\"TIME\"", "error [DEF-005]: the coded value “TIME” stands twice"),
        ("ItemOID=\"IT.ADT\"", "ItemOID=\"IT.NO\"", "error [DEF-006]: there is no ItemDef with the OID “IT.NO”"),
        ("WhereClauseOID=\"WC.TIME\"", "WhereClauseOID=\"W\"", "error [DEF-006]: there is no WhereClauseDef"),
        ("CodeListOID=\"CL.SCORE\"", "CodeListOID=\"C\"", "error [DEF-006]: there is no CodeList with the OID “C”"),
        (
            "ValueListOID=\"VL.AVAL\"",
            "ValueListOID=\"V\"",
            "error [DEF-006]: there is no ValueListDef with the OID “V”",
        ),
    ] {
        let refused = refused(from, to);
        assert!(refused.contains(wanted), "{from} to {to}: {refused}");
        assert!(refused.contains("define.xml:"), "no line: {refused}");
    }
    // All at once.
    let both = sample("2.1").replace("Length=\"4\"", "Length=\"x\"").replace("DataType=\"float\"", "DataType=\"y\"");
    assert_eq!(read(both.as_bytes(), "define.xml").expect_err("two faults").len(), 2);
}

#[test]
fn what_only_explains_may_be_missing() {
    let define = sound(
        &sample("2.1")
            .replace("MethodOID=\"MT.1\"", "MethodOID=\"MT.2\"")
            .replace("LocationID=\"LF.ADXX\"", "LocationID=\"L\""),
    );
    let warnings = shown(&define.warnings);
    assert!(warnings.contains("warning [DEF-007]: there is no MethodDef with the OID “MT.2”"), "{warnings}");
    assert!(warnings.contains("warning [DEF-007]: there is no leaf"), "{warnings}");
}

#[test]
fn numbers_of_rules_are_in_order_and_stand_once() {
    assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
}

/// A masked report holds its data against what is left of define.xml: nothing there tells of records by what is masked.
#[test]
fn what_is_masked_is_not_described() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let whole = read(sample("2.1").as_bytes(), "define.xml").expect("a sound define.xml");
    let own = &whole.datasets["ADXX"];
    assert_eq!(own.keys.len(), 3);
    assert_eq!(own.variable("AVAL").map(|variable| variable.values.len()), Some(2));
    let left = whole.without(&names(&[]), &names(&["avisitn"]));
    let own = &left.datasets["ADXX"];
    assert!(own.variable("AVISITN").is_none() && own.keys.is_empty());
    // One of the two lists of values goes by the visit.
    let values = own.variable("AVAL").map(|variable| variable.values.as_slice()).unwrap_or_default();
    let times =
        |value: &DefinedValue| value.clauses.iter().flat_map(|own| &own.checks).all(|own| own.values == ["TIME"]);
    assert!(values.len() == 1 && times(&values[0]), "{values:?}");
    assert!(whole.without(&names(&["ADXX"]), &names(&[])).datasets.is_empty());
}
