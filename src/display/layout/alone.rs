//! The figures of a study with one arm: there is nothing to tell apart, so they have one neutral look and no legend of one
//! entry.

use crate::display::report::{Body, Lanes, POOLED, Plot};
use crate::spec::Study;

/// Takes the look of an arm from a figure of a study with one arm.
pub(in crate::display) fn without_arms(study: &Study, body: &mut Body) {
    let [arm] = study.arm.as_slice() else { return };
    match body {
        Body::Plot(own) => plot(&arm.label, own),
        Body::Panels(panels) | Body::Stack(panels) => {
            for panel in panels {
                plot(&arm.label, &mut panel.plot);
            }
        }
        Body::Lanes(own) => lanes(own),
        Body::Profiles(profiles) => {
            for profile in profiles {
                profile.lanes.iter_mut().for_each(lanes);
                profile.plots.iter_mut().for_each(|panel| plot(&arm.label, &mut panel.plot));
            }
        }
        // Tables, grids, flows and snapshots have no colours of arms; dots have theirs from their number.
        Body::Table(_) | Body::Flow(_) | Body::Snapshot(_) | Body::Forest(_) | Body::Grid(_) | Body::Dots(_) => {}
    }
}

fn lanes(lanes: &mut Lanes) {
    for (label, of) in lanes.segments.iter_mut().filter(|(_, of)| of.is_some()) {
        label.clear();
        *of = Some(POOLED);
    }
}

fn plot(arm: &str, plot: &mut Plot) {
    for series in &mut plot.series {
        series.arm = POOLED;
        if series.label == arm {
            series.label.clear();
        }
    }
    plot.under.iter_mut().for_each(|row| row.arm = POOLED);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::report::{Series, UnderRow};

    fn study(arms: usize) -> Study {
        let arm = |of: usize| {
            format!("[[arm]]\nid = \"a{of}\"\nlabel = \"Arm {of}\"\nplanned = \"TRUE\"\nactual = \"TRUE\"\n")
        };
        let arms: String = (0..arms).map(arm).collect();
        let text = format!(
            "[study]\nid = \"T\"\ntitle = \"T\"\nkind = \"T\"\nstatus = \"T\"\n[data]\nsubjects = \"DM\"\ndatasets = {{ \
             DM = {{ file = \"dm.csv\" }} }}\n{arms}[[analysis-set]]\nid = \"all\"\nlabel = \"All\"\nrule = \"TRUE\"\n"
        );
        Study::parse(&text, "study.toml").unwrap_or_else(|error| panic!("{error}"))
    }

    fn bodies() -> [Body; 2] {
        let named = |label: &str| Series { label: label.to_owned(), ..Series::default() };
        let under = vec![UnderRow { label: "Arm 0".to_owned(), arm: 0, cells: Vec::new() }];
        let plot = Plot { series: vec![named("Arm 0"), named("Mean")], under, ..Plot::default() };
        let segments = vec![("Arm 0".to_owned(), Some(0)), ("Treatment".to_owned(), None)];
        [Body::Plot(plot), Body::Lanes(Lanes { segments, ..Lanes::default() })]
    }

    #[test]
    fn one_arm_is_drawn_in_no_arms_colour() {
        let [mut of_plot, mut of_lanes] = bodies();
        without_arms(&study(1), &mut of_plot);
        without_arms(&study(1), &mut of_lanes);
        let Body::Plot(plot) = &of_plot else { panic!("no plot") };
        assert_eq!(
            plot.series.iter().map(|one| (one.label.as_str(), one.arm)).collect::<Vec<_>>(),
            [("", POOLED), ("Mean", POOLED)]
        );
        assert_eq!((plot.under[0].label.as_str(), plot.under[0].arm), ("Arm 0", POOLED));
        let Body::Lanes(lanes) = &of_lanes else { panic!("no lanes") };
        assert_eq!(lanes.segments, [(String::new(), Some(POOLED)), ("Treatment".to_owned(), None)]);
    }

    #[test]
    fn several_arms_keep_their_looks() {
        for mut body in bodies() {
            let before = body.clone();
            without_arms(&study(2), &mut body);
            assert_eq!(body, before);
        }
    }
}
