//! A figure of one line a participant, a panel an arm, with the arm's mean where the results have it.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::{Laid, Shown, axis, number, shown_from_baseline};
use crate::display::number::Style;
use crate::display::report::{Axis, Body, Mark, Panel, Plot, Series, SeriesStyle};
use crate::results::{Extract, Key, Results, Statistic};
use crate::spec::endpoint::Endpoint;
use crate::spec::figure::IndividualLayout;

pub(super) fn panels(
    id: &str,
    layout: &IndividualLayout,
    results: &Results,
    assembly: &mut Assembly<'_>,
) -> Option<Laid> {
    let extract = results.extract(id)?;
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let continuous = endpoint.continuous.as_ref()?;
    let visits = shown_from_baseline(study, &continuous.at);
    let style = Style::recorded(continuous.decimals);
    let mut arms = Vec::new();
    let (mut alone, mut empty) = (0, 0);
    let limits = extract.lines.iter().filter(|line| is_limit(line)).count();
    let mut has_means = false;
    for (position, arm) in study.arm.iter().enumerate() {
        let mut series = lines(extract, &arm.id, position, &visits);
        alone += series.iter().filter(|one| one.marks.len() == 1).count();
        empty += series.iter().filter(|one| one.marks.is_empty()).count();
        series.retain(|one| one.marks.len() > 1);
        let count = series.len();
        let mut alt = format!("{}: one line a participant, {count} in all.", arm.label);
        if let Some((means, words)) = means(endpoint, &arm.id, position, &visits, style, assembly) {
            alt.push_str(&format!(" Mean: {words}."));
            series.push(means);
            has_means = true;
        }
        let number = assembly.counted(&Key::new(&*endpoint.id, Statistic::N).arm(&arm.id));
        arms.push((format!("{} (N = {number})", arm.label), series, format!("{}. {alt}", endpoint.label)));
    }
    // One scale for all panels, so that they can be compared.
    let marks = arms.iter().flat_map(|(_, series, _)| series).flat_map(|series| &series.marks);
    let values: Vec<f64> = marks.filter_map(|mark| mark.y).collect();
    let (x, y) = (axis::of_visits(&visits), axis::holding(&layout.y_title, &axis::with_zero_if_near(values)));
    let panel = |(title, series, alt)| Panel { title, plot: plot(&x, &y, series, alt) };
    let mut sentences = vec!["Thin lines: one for each participant, through the visits with a value.".to_owned()];
    if has_means {
        let of = if study.compares() { " of the arm" } else { "" };
        sentences.push(format!("Heavy line: means{of}, each of those with a value at the visit."));
    }
    if alone + empty > 0 {
        sentences.push(format!("Participants without line: {alone} with a single value, {empty} with none."));
    }
    if limits > 0 {
        sentences.push(format!("Values known only as a limit are left out ({limits})."));
    }
    let footnotes = vec![note(sentences.join(" "))];
    let body = Body::Panels(arms.into_iter().map(panel).collect());
    Some(Laid { body, footnotes, analyses: vec![endpoint.id.to_string()] })
}

fn plot(x: &Axis, y: &Axis, series: Vec<Series>, alt: String) -> Plot {
    Plot { lines: Vec::new(), x: x.clone(), y: y.clone(), series, under: Vec::new(), under_head: String::new(), alt }
}

/// The lines of an arm, one a participant.
fn lines(extract: &Extract, arm: &str, position: usize, visits: &[Shown<'_>]) -> Vec<Series> {
    let mut all: Vec<Series> = Vec::new();
    let mut latest = "";
    for line in &extract.lines {
        let [of, subject, visit, value] = line.as_slice() else { continue };
        if of != arm {
            continue;
        }
        if all.is_empty() || latest != subject {
            all.push(thin(position));
            latest = subject;
        }
        let at = visits.iter().find(|shown| *shown.id == **visit);
        if let (Some(series), Some(at), Ok(value)) = (all.last_mut(), at, value.parse::<f64>()) {
            series.marks.push(Mark { x: at.day, y: Some(value), ..Mark::default() });
        }
    }
    for series in &mut all {
        series.marks.sort_by(|one, other| one.x.total_cmp(&other.x));
    }
    all
}

/// Whether the value of a line is there, but no number.
fn is_limit(line: &[String]) -> bool {
    line.get(3).is_some_and(|value| !value.is_empty() && value.parse::<f64>().is_err())
}

fn thin(arm: usize) -> Series {
    Series { label: String::new(), arm, style: SeriesStyle::Thin, marks: Vec::new(), censored: Vec::new() }
}

/// The means of an arm, and in words, if the results have them.
fn means(
    endpoint: &Endpoint,
    arm: &str,
    position: usize,
    visits: &[Shown<'_>],
    style: Style,
    assembly: &mut Assembly<'_>,
) -> Option<(Series, String)> {
    let mut marks = Vec::new();
    let mut words = Vec::new();
    for visit in visits {
        let key = Key::new(&*endpoint.id, Statistic::Mean).variable("value").at(visit.id).arm(arm);
        assembly.rows.get(&key)?;
        words.push(format!("{} {}", visit.label, assembly.text(&key, style)));
        let y = number(assembly, &key);
        marks.push(Mark { x: visit.day, y, keys: vec![key], ..Mark::default() });
    }
    // One entry in the legend of all panels.
    let label = match position {
        0 if assembly.study.compares() => "Mean of the arm".to_owned(),
        0 => "Mean".to_owned(),
        _ => String::new(),
    };
    let series = Series { label, arm: position, style: SeriesStyle::Points, marks, censored: Vec::new() };
    Some((series, words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::display::layout::Shown;
    use crate::results::Extract;

    #[test]
    fn a_line_a_participant_over_the_visits_with_a_value() {
        let text = "x,1,W4,2.5|x,1,BL,3|x,2,BL,|x,2,W4,<1|y,3,BL,7|y,3,W9,1";
        let lines_of = |line: &str| line.split(',').map(str::to_owned).collect();
        let extract = Extract { id: "f".into(), columns: Vec::new(), lines: text.split('|').map(lines_of).collect() };
        let visits = [Shown { id: "BL", label: "Baseline", day: 1.0 }, Shown { id: "W4", label: "Week 4", day: 29.0 }];
        let at = |arm: &str| -> Vec<Vec<(f64, Option<f64>)>> {
            let series = lines(&extract, arm, 0, &visits);
            series.iter().map(|one| one.marks.iter().map(|mark| (mark.x, mark.y)).collect()).collect()
        };
        assert_eq!(at("x"), [vec![(1.0, Some(3.0)), (29.0, Some(2.5))], vec![]]);
        assert_eq!(at("y"), [vec![(1.0, Some(7.0))]]);
        assert!(at("z").is_empty());
    }
}
