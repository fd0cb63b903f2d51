//! Plots keep to their room, crowded labels are staggered, what cannot be drawn is said.

mod styles;

use super::field::{EDGE, LINE, THIN};
use super::*;
use crate::display::{Axis, Cell, Mark, Panel, Series, SeriesStyle, UnderRow};
use crate::render::palette::{arm, pale};
use crate::render::sheet::Turn;
use crate::render::tests::drawn::Drawn;

fn plot(arms: usize) -> Plot {
    let weeks = [0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 52.0];
    let axis = |title: &str, ticks: &[f64]| Axis {
        log: false,
        title: title.to_owned(),
        from: ticks[0],
        to: ticks[ticks.len() - 1],
        ticks: ticks.iter().map(|at| (*at, format!("Week {at}"))).collect(),
    };
    let series = (0..arms).map(|arm| Series {
        label: format!("Arm number {arm} with a name of some length"),
        arm,
        style: SeriesStyle::Points,
        censored: Vec::new(),
        marks: weeks
            .iter()
            .map(|x| Mark {
                label: None,
                quartiles: None,
                x: *x,
                y: ((*x - 8.0).abs() > 0.5).then_some(40.0),
                interval: Some((20.0, 60.0)),
                keys: Vec::new(),
            })
            .collect(),
    });
    let cell = |_| Cell { text: "18/20".to_owned(), ..Cell::default() };
    Plot {
        lines: Vec::new(),
        x: axis("Visit", &weeks),
        y: axis("Response (%)", &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
        series: series.collect(),
        under: (0..arms)
            .map(|arm| UnderRow { label: format!("Arm {arm}"), arm, cells: weeks.iter().map(cell).collect() })
            .collect(),
        under_head: "Participants with response/with data".to_owned(),
        alt: "Alt".to_owned(),
    }
}

#[test]
fn the_plot_keeps_to_its_room() {
    for arms in [1, 2, 6] {
        for room in [(470.0, 520.0), (717.0, 350.0)] {
            let plot = plot(arms);
            let sheet = Sheet::lay_out(&plot, room);
            assert!(sheet.canvas.1 <= room.1 + 1e-6, "{arms} arms need {:?} of {room:?}", sheet.canvas);
            for Entry { at, lines, .. } in &sheet.legend {
                let wide = lines.iter().map(|line| Fonts::get().width(Face::Sans, LABEL, line)).fold(0.0, f64::max);
                assert!(at.0 + legend::SAMPLE + 6.0 + wide <= room.0 && at.1 < sheet.field.top);
            }
        }
    }
}

#[test]
fn crowded_labels_are_staggered() {
    let plot = plot(2);
    let sheet = Sheet::lay_out(&plot, (470.0, 520.0));
    for line in 0..sheet.ticks.lines {
        let ends: Vec<(f64, f64)> = sheet
            .ticks
            .places
            .iter()
            .filter(|place| place.1 == line)
            .map(|(at, _, words)| {
                let half = Fonts::get().width(Face::Sans, sheet.ticks.size, words) / 2.0;
                (at - half, at + half)
            })
            .collect();
        assert!(ends.windows(2).all(|pair| pair[1].0 > pair[0].1));
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let mut plot = plot(1);
    assert_eq!(faults(&plot), Vec::<String>::new());
    plot.y.to = f64::NAN;
    plot.series[0].marks[0].x = -4.0;
    plot.under[0].cells.pop();
    let said = faults(&plot).join("; ");
    assert!(
        said.contains("vertical axis") && said.contains("off the axes") && said.contains("7 entries for 8 ticks"),
        "{said}"
    );
}

fn drawn(plot: &Plot) -> Drawn {
    let sheet = Sheet::lay_out(plot, (470.0, 520.0));
    Drawn::of(sheet.canvas, |pen| sheet.draw(pen))
}

/// A step function with bands, a gap at the fifth of eight marks, and three censored subjects.
fn steps(arms: usize) -> Plot {
    let mut plot = plot(arms);
    for series in &mut plot.series {
        series.style = SeriesStyle::Steps;
        series.censored = vec![(1.0, 40.0), (3.0, 40.0), (52.0, 40.0)];
    }
    plot
}

#[test]
fn every_mark_is_drawn() {
    let plot = plot(1);
    let drawn = drawn(&plot);
    // Seven of eight values, each on paper, and the sample in the legend.
    assert_eq!(drawn.count("circle", &[("fill", &arm(0).colour.hex())]), 7 + 1);
    // Four and three marks are joined, and the sample; an interval and its two caps a mark.
    assert_eq!(drawn.lines(arm(0).colour, LINE), [2, 4, 3]);
    assert_eq!(drawn.lines(arm(0).colour, 0.9).len(), 7 * 3);
    drawn.assert_legible(&[]);
}

#[test]
fn every_step_band_and_censored_subject_is_drawn() {
    let plot = steps(1);
    assert_eq!(faults(&plot), Vec::<String>::new());
    let sheet = Sheet::lay_out(&plot, (470.0, 520.0));
    let drawn = drawn(&plot);
    // Each value holds until the next mark: two corners each, four before the gap and three behind it.
    assert_eq!(drawn.lines(arm(0).colour, LINE), [2, 8, 6]);
    assert_eq!(drawn.lines(arm(0).colour, 0.9), [2; 3 + 1]);
    // A band before the gap, one behind it, one in the legend; each with two edges.
    assert_eq!(drawn.count("polygon", &[("opacity", "0.16")]), 3);
    assert_eq!(drawn.lines(pale(arm(0).colour), EDGE), [2, 2, 8, 6, 8, 6]);
    assert_eq!(drawn.count("circle", &[]), 0);
    drawn.assert_legible(&[]);
    // The last value holds to the end of the axis, and nothing stands beside its place.
    let mut short = plot.clone();
    short.series[0].marks.truncate(2);
    let end = format!("{:.0},", sheet.field.across(52.0) * 10.0);
    let svg = Drawn::of(sheet.canvas, |pen| Sheet::lay_out(&short, (470.0, 520.0)).draw(pen));
    assert!(svg.tags("polyline").iter().any(|tag| tag.contains("stroke-width=\"13\"") && tag.contains(&end)));
}

#[test]
fn thin_lines_have_no_legend_and_lone_values_are_seen() {
    let mut plot = plot(2);
    for series in &mut plot.series {
        series.style = SeriesStyle::Thin;
        series.label = String::new();
        for (index, mark) in series.marks.iter_mut().enumerate() {
            mark.interval = None;
            mark.y = (index != 1).then_some(50.0);
        }
    }
    assert_eq!(faults(&plot), Vec::<String>::new());
    let drawn = drawn(&plot);
    assert!(Sheet::lay_out(&plot, (470.0, 520.0)).legend.is_empty());
    for position in 0..2 {
        let colour = pale(arm(position).colour);
        assert_eq!(drawn.lines(colour, THIN), [6]);
        assert_eq!(drawn.count("circle", &[("fill", &colour.hex())]), 1);
    }
}

#[test]
fn steps_and_thin_lines_are_not_moved_aside() {
    let mut plot = plot(3);
    plot.series[0].style = SeriesStyle::Steps;
    plot.series[1].style = SeriesStyle::Thin;
    let sheet = Sheet::lay_out(&plot, (470.0, 520.0));
    let at = format!("{:.0},", sheet.field.across(0.0) * 10.0);
    let drawn = drawn(&plot);
    // The one series of points has nobody to make room for.
    for (position, width) in [(0, LINE), (1, THIN)] {
        let colour = if position == 1 { pale(arm(position).colour) } else { arm(position).colour };
        let (colour, width) = (colour.hex(), format!("stroke-width=\"{:.0}\"", width * 10.0));
        let begins = |tag: &&&str| tag.contains(&colour) && tag.contains(&width) && tag.contains(&format!("\"{at}"));
        assert!(drawn.tags("polyline").iter().filter(begins).count() >= 1, "arm {position} is moved");
    }
    assert_eq!(drawn.count("polygon", &[("fill", &arm(2).colour.hex())]), 7 + 1);
}

#[test]
fn what_would_not_be_seen_is_said() {
    let mut plot = steps(2);
    plot.series[0].censored.push((60.0, 40.0));
    plot.series[0].marks.swap(2, 3);
    plot.series[1].style = SeriesStyle::Thin;
    let said = faults(&plot).join("; ");
    for expected in ["censored subjects", "left to right", "not a step function", "has intervals"] {
        assert!(said.contains(expected), "{said}");
    }
}

fn panels(count: usize, make: fn(usize) -> Plot) -> Vec<Panel> {
    (0..count)
        .map(|index| Panel { title: format!("Panel {index} with a title of some length"), plot: make(2) })
        .collect()
}

#[test]
fn panels_keep_to_their_room_on_one_scale() {
    let room = |turn: Turn| (turn.width(), turn.height() - 110.0);
    for make in [plot, steps] {
        for count in 1..=6 {
            let mut panels = panels(count, make);
            for (index, label) in ["0", "1", "2", "4", "8", "12", "24", "52"].into_iter().enumerate() {
                for panel in &mut panels {
                    panel.plot.x.ticks[index].1 = label.to_owned();
                }
            }
            assert_eq!(panel_faults(&panels), Vec::<String>::new());
            let (sheet, turn, share) = choose_panels(&panels, room).expect("they fit");
            assert!(sheet.canvas.1 * share <= room(turn).1 + 1e-6, "{count} panels need {:?}", sheet.canvas);
            let drawn = Drawn::of(sheet.canvas, |pen| sheet.draw(pen));
            drawn.assert_legible(&[]);
            let words = drawn.words();
            let times = |text: &str| words.iter().filter(|one| one.text == text).count();
            // One legend, the labels of the vertical axis once a line, those of the horizontal one under each.
            assert_eq!(words.iter().filter(|one| one.text.starts_with("Arm number")).count(), 2);
            assert_eq!(times("Response (%)"), times("Visit"));
            assert_eq!((times("Week 100"), times("52")), (times("Visit"), count));
            assert_eq!(times("18/20"), count * 2 * 8, "a count below a panel is missing");
            let symbols = if make(1).series[0].style == SeriesStyle::Points { count * 7 + 1 } else { 0 };
            assert_eq!(drawn.count("circle", &[("fill", &arm(0).colour.hex())]), symbols);
        }
    }
}

#[test]
fn panels_with_axes_of_their_own_are_no_fault_and_are_not_put_on_one_scale() {
    let alike = panels(6, plot);
    assert!(are_alike(&alike) && !are_alike(&panels(7, plot)));
    let mut unlike = panels(3, plot);
    unlike[1].plot.y.to = 120.0;
    assert!(!are_alike(&unlike) && panel_faults(&unlike).is_empty());
    let mut unlike = panels(2, plot);
    unlike[1].plot.under_head.clear();
    assert!(!are_alike(&unlike));
    assert!(panel_faults(&[]).join("; ").contains("no plots"));
}
