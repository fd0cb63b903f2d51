//! Plots keep to their room, crowded labels are staggered, what cannot be drawn is said.

use super::*;
use crate::display::{Cell, Mark, Series, SeriesStyle, UnderRow};

fn plot(arms: usize) -> Plot {
    let weeks = [0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 52.0];
    let axis = |title: &str, ticks: &[f64]| Axis {
        title: title.to_owned(),
        from: ticks[0],
        to: ticks[ticks.len() - 1],
        ticks: ticks.iter().map(|at| (*at, format!("Week {at}"))).collect(),
    };
    let series = (0..arms).map(|arm| Series {
        label: format!("Arm number {arm} with a name of some length"),
        arm,
        style: SeriesStyle::Points,
        marks: weeks
            .iter()
            .map(|x| Mark {
                x: *x,
                y: ((*x - 8.0).abs() > 0.5).then_some(40.0),
                interval: Some((20.0, 60.0)),
                keys: Vec::new(),
            })
            .collect(),
    });
    let cell = |_| Cell { text: "18/20".to_owned(), ..Cell::default() };
    Plot {
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
            for (at, lines) in &sheet.legend {
                let wide = lines.iter().map(|line| Fonts::get().width(Face::Sans, LABEL, line)).fold(0.0, f64::max);
                assert!(at.0 + SAMPLE + 6.0 + wide <= room.0 && at.1 < sheet.field.top);
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
