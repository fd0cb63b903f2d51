//! Families of hypotheses: the p-values that other analyses gave, adjusted for their number.

use crate::analysis::{reason, value};
use crate::plan::Plan;
use crate::results::{Key, Method, Reason, Results, Row, Statistic, Value};
use crate::spec::method::{Hypothesis, Multiplicity};
use crate::stats::Undefined;
use crate::stats::multiplicity::{bonferroni, fallback, fixed_sequence, graphical, hochberg, holm, hommel};

/// The rows of all families, from the results of the analyses.
pub(super) fn rows(plan: &Plan, results: &Results) -> Vec<Row> {
    plan.multiplicity.iter().flat_map(|family| of_family(family, results)).collect()
}

fn of_family(family: &Multiplicity, results: &Results) -> Vec<Row> {
    let found: Vec<Value> = family.hypotheses.iter().map(|own| p_value(own, results)).collect();
    // A hypothesis without p-value is not rejected, and takes none of its share from the others.
    let p: Vec<f64> = found.iter().map(|value| if let Value::Number(p) = value { *p } else { 1.0 }).collect();
    let adjusted = adjusted(family, &p);
    let mut rows = Vec::new();
    for (place, own) in family.hypotheses.iter().enumerate() {
        let key = |statistic| Key::new(&*family.id, statistic).variable(&own.id);
        let row = |key: Key, value: Value| Row { key, value, unit: None, subjects: None };
        let told = match (&found[place], &adjusted) {
            (Value::NotEstimable(reason), _) => Value::NotEstimable(*reason),
            (_, Ok(adjusted)) => value(Ok(adjusted[place])),
            (_, Err(undefined)) => Value::NotEstimable(reason(*undefined)),
        };
        rows.push(row(key(Statistic::PValue), found[place].clone()));
        rows.push(row(key(Statistic::AdjustedPValue).method(family.method), told));
    }
    rows
}

/// The p-value a hypothesis names: of the endpoint by the method, at its visit and for its arm; the first where times have
/// two, with competing events censored.
fn p_value(own: &Hypothesis, results: &Results) -> Value {
    let named = Named { endpoint: &own.endpoint, method: own.method, at: own.at.as_deref(), arm: own.arm.as_deref() };
    let found = results.rows.iter().find(|row| named.means(&row.key, Statistic::PValue));
    found.map_or(Value::NotEstimable(Reason::NoData), |row| row.value.clone())
}

/// One comparison of an endpoint, by name.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) endpoint: &'a str,
    pub(super) method: Method,
    pub(super) at: Option<&'a str>,
    pub(super) arm: Option<&'a str>,
}

impl Named<'_> {
    /// Whether this is the key of its statistic, in the main analysis.
    pub(super) fn means(self, key: &Key, statistic: Statistic) -> bool {
        key.analysis == self.endpoint
            && key.statistic == statistic
            && key.method == Some(self.method)
            && key.variant.is_none()
            && key.groups.is_empty()
            && key.levels.is_empty()
            && self.at.is_none_or(|visit| key.at.as_deref() == Some(visit))
            && self.arm.is_none_or(|arm| key.contrast.as_ref().is_some_and(|(first, _)| first == arm))
    }
}

fn adjusted(family: &Multiplicity, p: &[f64]) -> Result<Vec<f64>, Undefined> {
    let weights = || family.hypotheses.iter().map(|own| own.weight.unwrap_or_default()).collect::<Vec<f64>>();
    match family.method {
        Method::Holm => holm(p),
        Method::Hochberg => hochberg(p),
        Method::Hommel => hommel(p),
        Method::FixedSequence => fixed_sequence(p),
        Method::FallBack => fallback(p, &weights()),
        Method::Graphical => graphical(p, &weights(), &transitions(family)),
        _ => bonferroni(p),
    }
}

/// Which part of the share of each hypothesis goes to which.
fn transitions(family: &Multiplicity) -> Vec<Vec<f64>> {
    let part = |from: &Hypothesis, to: &Hypothesis| {
        from.passes.iter().filter(|pass| pass.to == to.id).map(|pass| pass.part).sum()
    };
    family.hypotheses.iter().map(|from| family.hypotheses.iter().map(|to| part(from, to)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hypothesis(id: &str, weight: Option<f64>, passes: &str) -> String {
        let weight = weight.map(|weight| format!("weight = {weight:.2}, ")).unwrap_or_default();
        format!("{{ id = \"{id}\", endpoint = \"{id}\", method = \"fisher\", {weight}passes = [{passes}] }}")
    }

    fn family(method: &str, hypotheses: &[String]) -> Multiplicity {
        let text = format!(
            "id = \"family\"\nlabel = \"Family\"\nmethod = \"{method}\"\nhypotheses = [{}]\n",
            hypotheses.join(", ")
        );
        toml::from_str(&text).expect("a family")
    }

    fn results(p: &[(&str, Value)]) -> Results {
        let row = |(id, value): &(&str, Value)| Row {
            key: Key::new(*id, Statistic::PValue).contrast("a", "b").method(Method::Fisher),
            value: value.clone(),
            unit: None,
            subjects: None,
        };
        Results { rows: p.iter().map(row).collect(), ..Results::default() }
    }

    fn shown(rows: &[Row]) -> Vec<&Value> {
        rows.iter().filter(|row| row.key.statistic == Statistic::AdjustedPValue).map(|row| &row.value).collect()
    }

    #[test]
    fn a_family_is_adjusted_and_a_missing_p_value_is_not_rejected() {
        let family = family("holm", &[hypothesis("x", None, ""), hypothesis("y", None, ""), hypothesis("z", None, "")]);
        let none = Value::NotEstimable(Reason::NoEvents);
        let rows = of_family(
            &family,
            &results(&[("x", Value::Number(0.01)), ("y", none.clone()), ("z", Value::Number(0.02))]),
        );
        assert_eq!(shown(&rows), [&Value::Number(0.03), &none, &Value::Number(0.04)]);
    }

    #[test]
    fn a_graph_passes_shares_as_named() {
        let all = [
            hypothesis("x", Some(1.0), "{ to = \"y\", part = 1.0 }"),
            hypothesis("y", Some(0.0), "{ to = \"x\", part = 1.0 }"),
        ];
        let family = family("graphical", &all);
        assert_eq!(transitions(&family), [[0.0, 1.0], [1.0, 0.0]]);
        let rows = of_family(&family, &results(&[("x", Value::Number(0.03)), ("y", Value::Number(0.01))]));
        assert_eq!(shown(&rows), [&Value::Number(0.03), &Value::Number(0.03)]);
    }
}
