//! What a template asks for: the arguments of a call, read as the key of a result and how to print it.

use std::collections::BTreeMap;

use crate::error::nearest;
use crate::results::{Key, Method, Statistic, conf_level_key};

/// An argument as a template writes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Arg {
    Text(String),
    Number(f64),
    Truth(bool),
    List(Vec<String>),
}

/// The arguments of a call, by name.
pub(super) type Args = BTreeMap<String, Arg>;

/// A mistake: what is wrong, and what to do.
pub(super) type Mistake = (String, Option<String>);

/// A result that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) key: Key,
    pub(super) decimals: Option<u8>,
    /// "= 0.03" or "< 0.0001" instead of "0.03" or "<0.0001".
    pub(super) relation: bool,
}

/// The names of the arguments.
const NAMES: [&str; 16] = [
    "analysis",
    "statistic",
    "arm",
    "group",
    "contrast",
    "first",
    "second",
    "variant",
    "variable",
    "level",
    "levels",
    "at",
    "method",
    "conf_level",
    "decimals",
    "relation",
];

impl Query {
    /// Reads the arguments of `value`, `number` and `estimable`.
    ///
    /// # Errors
    /// The first argument that is unknown, of the wrong kind, or missing.
    pub(super) fn read(args: &Args) -> Result<Self, Mistake> {
        if let Some(unknown) = args.keys().find(|name| !NAMES.contains(&name.as_str())) {
            return Err((format!("there is no argument {unknown}"), did_you_mean(unknown, NAMES)));
        }
        let statistic = text(args, "statistic")?.ok_or_else(|| lacking("statistic"))?;
        let analysis = text(args, "analysis")?.ok_or_else(|| lacking("analysis"))?;
        let statistic = Statistic::named(&statistic).ok_or_else(|| {
            let names = Statistic::ALL.iter().map(|one| one.name());
            (format!("there is no statistic {statistic}"), did_you_mean(&statistic, names))
        })?;
        let mut key = Key::new(analysis, statistic);
        if let Some(arm) = text(args, "arm")? {
            key = key.arm(&arm);
        }
        if let Some(group) = text(args, "group")? {
            let hint = || Some("write group = \"NAME=LEVEL\", such as \"grade=3\"".to_owned());
            let (name, level) = group.split_once('=').ok_or_else(|| (format!("{group} is no group"), hint()))?;
            key.groups.push((name.trim().to_owned(), level.trim().to_owned()));
        }
        key.contrast = contrast(args)?;
        key.variant = text(args, "variant")?;
        key.variable = text(args, "variable")?;
        key.levels = match args.get("levels") {
            Some(Arg::List(levels)) => levels.clone(),
            Some(_) => return Err(wrong("levels", "a list of texts")),
            None => text(args, "level")?.into_iter().collect(),
        };
        key.at = text(args, "at")?;
        if let Some(name) = text(args, "method")? {
            let names = Method::ALL.iter().map(|one| one.name());
            let unknown = || (format!("there is no method {name}"), did_you_mean(&name, names));
            key.method = Some(Method::named(&name).ok_or_else(unknown)?);
        }
        key.conf_level = match args.get("conf_level") {
            None => None,
            Some(Arg::Number(level)) if *level > 0.0 && *level < 1.0 => Some(conf_level_key(*level)),
            Some(_) => return Err(wrong("conf_level", "a number between 0 and 1")),
        };
        Ok(Self { key, decimals: decimals(args)?, relation: truth(args, "relation")? })
    }
}

fn contrast(args: &Args) -> Result<Option<(String, String)>, Mistake> {
    if let Some(both) = text(args, "contrast")? {
        let pair = both.split_once('-').map(|(first, second)| (first.trim().to_owned(), second.trim().to_owned()));
        let hint = "arms with - in their names are given as first = \"…\", second = \"…\"".to_owned();
        return match pair {
            Some((first, second)) if !second.contains('-') => Ok(Some((first, second))),
            _ => Err((format!("{both} is not two arms with - between"), Some(hint))),
        };
    }
    match (text(args, "first")?, text(args, "second")?) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        _ => Err(("first and second go together".to_owned(), None)),
    }
}

fn decimals(args: &Args) -> Result<Option<u8>, Mistake> {
    match args.get("decimals") {
        None => Ok(None),
        Some(Arg::Number(number)) => {
            let places = (0..=12_u8).find(|places| f64::from(*places).to_bits() == number.to_bits());
            places.map(Some).ok_or_else(|| wrong("decimals", "a whole number from 0 to 12"))
        }
        Some(_) => Err(wrong("decimals", "a whole number from 0 to 12")),
    }
}

/// A text; a number, such as a day, is one too.
pub(super) fn text(args: &Args, name: &str) -> Result<Option<String>, Mistake> {
    match args.get(name) {
        None => Ok(None),
        Some(Arg::Text(text)) => Ok(Some(text.clone())),
        Some(Arg::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(wrong(name, "a text")),
    }
}

fn truth(args: &Args, name: &str) -> Result<bool, Mistake> {
    match args.get(name) {
        None => Ok(false),
        Some(Arg::Truth(truth)) => Ok(*truth),
        Some(_) => Err(wrong(name, "true or false")),
    }
}

fn wrong(name: &str, wanted: &str) -> Mistake {
    (format!("the argument {name} is not {wanted}"), None)
}

pub(super) fn lacking(name: &str) -> Mistake {
    (format!("the argument {name} is missing"), None)
}

pub(super) fn did_you_mean<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    nearest(name, known.iter().copied())
        .map(|near| format!("did you mean {near}?"))
        .or_else(|| Some(format!("known: {}", known.join(", "))))
}

/// A key in the words of a template.
pub(super) fn written(key: &Key) -> String {
    let mut parts = vec![format!("analysis = \"{}\"", key.analysis)];
    let mut part = |name: &str, value: Option<&str>| parts.extend(value.map(|value| format!("{name} = \"{value}\"")));
    part("variant", key.variant.as_deref());
    for (name, level) in &key.groups {
        if name == "arm" {
            part("arm", Some(level));
        } else {
            part("group", Some(&format!("{name}={level}")));
        }
    }
    if let Some((first, second)) = &key.contrast {
        part("first", Some(first));
        part("second", Some(second));
    }
    part("variable", key.variable.as_deref());
    match key.levels.as_slice() {
        [] => {}
        [only] => part("level", Some(only)),
        all => parts.push(format!("levels = [\"{}\"]", all.join("\", \""))),
    }
    let mut part = |name: &str, value: Option<&str>| parts.extend(value.map(|value| format!("{name} = \"{value}\"")));
    part("at", key.at.as_deref());
    part("method", key.method.map(Method::name));
    part("statistic", Some(key.statistic.name()));
    parts.join(", ")
}
