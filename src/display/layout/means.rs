//! A figure of the means of a continuous endpoint by visit: each arm's with its interval, and the numbers below.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::response::level_text;
use crate::display::layout::{Laid, Shown, axis, interval, number, shown, shown_from_baseline};
use crate::display::number::Style;
use crate::display::report::{Body, Mark, Plot, Series, SeriesStyle, UnderRow};
use crate::results::{Key, Method, Statistic};
use crate::spec::endpoint::Endpoint;
use crate::spec::figure::MeansLayout;
use crate::spec::outcome::Continuous;

pub(super) fn plot(layout: &MeansLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let continuous = endpoint.continuous.as_ref()?;
    let (variable, what, visits) = match (layout.change, layout.model) {
        (_, Some(_)) => {
            ("change", "Least-squares means of the change from baseline", shown(study, &continuous.compare_at))
        }
        (true, None) => ("change", "Mean changes from baseline", shown(study, &continuous.at)),
        (false, None) => ("value", "Means", shown_from_baseline(study, &continuous.at)),
    };
    let of = Means { endpoint, continuous, variable, model: layout.model };
    let mut series = Vec::new();
    let mut under = Vec::new();
    let mut sentences = Vec::new();
    for (position, arm) in study.arm.iter().enumerate() {
        let (marks, words) = of.marks(&arm.id, &visits, assembly);
        let cells = visits.iter().map(|visit| assembly.cell("{n}", Style::recorded(0), &|s| of.key(&arm.id, visit, s)));
        under.push(UnderRow { label: arm.label.clone(), arm: position, cells: cells.collect() });
        sentences.push(format!("{}: {words}.", arm.label));
        let (label, style) = (arm.label.clone(), SeriesStyle::Points);
        series.push(Series { label, arm: position, style, marks, censored: Vec::new() });
    }
    let mut values: Vec<f64> = series.iter().flat_map(|series| &series.marks).flat_map(ends).collect();
    if variable == "change" {
        // The line of no change.
        values.push(0.0);
    } else {
        values = axis::with_zero_if_near(values);
    }
    let by = if study.compares() { "visit and arm" } else { "visit" };
    let alt = format!("{what} with intervals by {by}. {}. {}", endpoint.label, sentences.join(" "));
    let plot = Plot {
        lines: Vec::new(),
        x: axis::of_visits(&visits),
        y: axis::holding(&layout.y_title, &values),
        series,
        under,
        under_head: "n".to_owned(),
        alt,
    };
    let level = level_text(continuous.conf_level);
    let words = layout.model.map_or_else(
        || format!("({}), each visit by itself", Method::TInterval.label()),
        |model| format!("({})", model.label()),
    );
    let footnotes = vec![note(format!(
        "{what}, with {level} % confidence intervals {words}. n: participants with a value{}.",
        if variable == "change" { " at the visit and at baseline" } else { "" },
    ))];
    Some(Laid { body: Body::Plot(plot), footnotes, analyses: vec![endpoint.id.to_string()] })
}

/// What a mark reaches on the vertical axis.
fn ends(mark: &Mark) -> Vec<f64> {
    mark.y.into_iter().chain(mark.interval.into_iter().flat_map(|(lower, upper)| [lower, upper])).collect()
}

/// The means of the value of an endpoint, or of its change.
struct Means<'a> {
    endpoint: &'a Endpoint,
    continuous: &'a Continuous,
    variable: &'a str,
    /// The model whose least-squares means are shown; the means of each visit by itself if none.
    model: Option<Method>,
}

impl Means<'_> {
    fn key(&self, arm: &str, visit: &Shown<'_>, statistic: Statistic) -> Key {
        let key = Key::new(&*self.endpoint.id, statistic).variable(self.variable).at(visit.id).arm(arm);
        if let Some(model) = self.model {
            return key.method(model).limited(self.continuous.conf_level);
        }
        // Means themselves are of no method.
        if statistic.is_limit() { key.method(Method::TInterval).conf_level(self.continuous.conf_level) } else { key }
    }

    /// The marks of an arm, and its means in words.
    fn marks(&self, arm: &str, visits: &[Shown<'_>], assembly: &mut Assembly<'_>) -> (Vec<Mark>, String) {
        let style = Style::recorded(self.continuous.decimals);
        let mut marks = Vec::new();
        let mut words = Vec::new();
        for visit in visits {
            let of_model = [Statistic::LsMean, Statistic::LsMeanLower, Statistic::LsMeanUpper];
            let of_visit = [Statistic::Mean, Statistic::MeanLower, Statistic::MeanUpper];
            let keys = if self.model.is_some() { of_model } else { of_visit }.map(|s| self.key(arm, visit, s));
            let [mean, lower, upper] = &keys;
            words.push(format!("{} {}", visit.label, assembly.text(mean, style)));
            let y = number(assembly, mean);
            let interval = interval(assembly, lower, upper);
            marks.push(Mark { x: visit.day, y, interval, keys: keys.to_vec(), ..Mark::default() });
        }
        (marks, words.join(", "))
    }
}
