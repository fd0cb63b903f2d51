//! A grid of all completions of the imputed responses of a binary endpoint: how far the result depends on them.

use crate::display::assemble::{Assembly, note};
use crate::display::layout::response::{difference_methods, level_text};
use crate::display::layout::{Laid, contrasts, interval};
use crate::display::number::Style;
use crate::display::report::{Body, Footnote, Grid, GridCell, GridPanel, GridRow};
use crate::display::shell;
use crate::results::{Key, Method, Statistic, completions};
use crate::spec::design::Arm;
use crate::spec::endpoint::{Binary, Endpoint};
use crate::spec::figure::TippingPointLayout;

/// How dark a cell is whose interval lies above zero, and one whose interval lies below it.
const ABOVE: u8 = 55;
const BELOW: u8 = 25;

pub(super) fn grid(layout: &TippingPointLayout, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let endpoint = study.endpoint(&layout.of)?;
    let binary = endpoint.binary.as_ref()?;
    let of = Completions { endpoint, binary, visit: binary.at.last()?, method: difference_methods(binary).next()? };
    let level = level_text(binary.conf_level);
    let mut panels = Vec::new();
    let mut alt = vec![format!("Grid of differences in percentage points. {}.", endpoint.label)];
    let mut footnotes = vec![note(format!(
        "Each cell: difference in percentage points, rounded to whole numbers, if so many of those whose response is \
         imputed responded in each arm. Shades: {level} % confidence interval ({}).",
        of.method.label()
    ))];
    let compared = contrasts(study);
    let [first, second] = match compared.as_slice() {
        [(arm, reference)] => [arm.label.clone(), reference.label.clone()],
        _ => ["the first arm named", "the second"].map(str::to_owned),
    };
    for (arm, reference) in compared {
        let panel = of.panel(arm, reference, assembly);
        let corners = of.corners(arm, reference, assembly);
        alt.push(format!("{}. {} {corners}", panel.title, counted(&panel, &level)));
        footnotes.push(corner_note(&panel.title, &corners, study.arm.len() > 2));
        panels.push(panel);
    }
    let legend = [
        (ABOVE, false, format!("{level} % CI above 0: favours {first}")),
        (BELOW, false, format!("{level} % CI below 0: favours {second}")),
        (0, false, format!("{level} % CI includes 0")),
        (0, true, "main analysis: all imputed as non-response".to_owned()),
    ]
    .into_iter()
    // What no cell looks like needs no explanation.
    .filter(|(shade, outlined, _)| *outlined || shows(&panels, *shade))
    .map(|(shade, outlined, words)| (GridCell { shade, outlined, ..GridCell::default() }, words))
    .collect();
    let grid = Grid { panels, legend, alt: alt.join(" ") };
    Some(Laid { body: Body::Grid(grid), footnotes, analyses: vec![endpoint.id.to_string()] })
}

/// Whether a cell has this shade.
fn shows(panels: &[GridPanel], shade: u8) -> bool {
    panels.iter().flat_map(|panel| &panel.rows).flat_map(|row| &row.cells).any(|cell| cell.shade == shade)
}

fn corner_note(title: &str, corners: &str, several: bool) -> Footnote {
    note(if several { format!("{title}: {corners}") } else { corners.to_owned() })
}

/// In how many cells the interval lies on which side.
fn counted(panel: &GridPanel, level: &str) -> String {
    let cells = || panel.rows.iter().flat_map(|row| &row.cells);
    let with = |shade: u8| cells().filter(|cell| cell.shade == shade).count();
    let all = cells().count();
    format!(
        "Of {all} completions the {level} % interval lies above 0 in {} and below 0 in {}.",
        with(ABOVE),
        with(BELOW)
    )
}

/// The analyses of all completions.
struct Completions<'a> {
    endpoint: &'a Endpoint,
    binary: &'a Binary,
    visit: &'a str,
    method: Method,
}

impl Completions<'_> {
    fn imputed(&self, arm: &Arm, assembly: &mut Assembly<'_>) -> u64 {
        assembly.count(&Key::new(&*self.endpoint.id, Statistic::Imputed).at(self.visit).arm(&arm.id))
    }

    /// A statistic if so many of the imputed responded in each arm.
    fn key(&self, arms: (&Arm, &Arm), responders: (u64, u64), statistic: Statistic) -> Key {
        let key = Key::new(&*self.endpoint.id, statistic)
            .variable("tipping-point")
            .at(self.visit)
            .contrast(&arms.0.id, &arms.1.id)
            .level(&responders.0.to_string())
            .level(&responders.1.to_string())
            .method(self.method);
        match statistic {
            Statistic::DifferenceLower | Statistic::DifferenceUpper => key.conf_level(self.binary.conf_level),
            _ => key,
        }
    }

    fn panel(&self, arm: &Arm, reference: &Arm, assembly: &mut Assembly<'_>) -> GridPanel {
        let (down, across) = (self.imputed(arm, assembly), self.imputed(reference, assembly));
        let mut rows = Vec::new();
        for i in completions(down) {
            let mut cells = Vec::new();
            for j in completions(across) {
                cells.push(self.cell((arm, reference), (i, j), assembly));
            }
            rows.push(GridRow { label: i.to_string(), opens_group: false, cells });
        }
        let shell = assembly.is_shell();
        let title_of = |count: u64, label: &str| {
            let count = if shell { shell::COUNT.to_owned() } else { count.to_string() };
            format!("{label}: responders among {count} imputed")
        };
        GridPanel {
            title: format!("{} − {}", arm.label, reference.label),
            x_title: title_of(across, &reference.label),
            y_title: title_of(down, &arm.label),
            columns: completions(across).iter().map(ToString::to_string).collect(),
            rows,
        }
    }

    fn cell(&self, arms: (&Arm, &Arm), responders: (u64, u64), assembly: &mut Assembly<'_>) -> GridCell {
        let style = Style { points: true, explicit: Some(0), ..Style::recorded(0) };
        let keys = [Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper]
            .map(|statistic| self.key(arms, responders, statistic))
            .to_vec();
        let shade = match interval(assembly, &keys[1], &keys[2]) {
            Some((lower, _)) if lower > 0.0 => ABOVE,
            Some((_, upper)) if upper < 0.0 => BELOW,
            _ => 0,
        };
        // The main analysis counts all that is imputed as non-response.
        GridCell { text: assembly.text(&keys[0], style), shade, outlined: responders == (0, 0), keys }
    }

    /// The main analysis and the two extremes, in words.
    fn corners(&self, arm: &Arm, reference: &Arm, assembly: &mut Assembly<'_>) -> String {
        let (first, second) = (self.imputed(arm, assembly), self.imputed(reference, assembly));
        let style = Style { points: true, ..Style::recorded(0) };
        let mut text = |responders| {
            let format = "{difference} ({difference-lower}, {difference-upper})";
            assembly.cell(format, style, &|s| self.key((arm, reference), responders, s)).text
        };
        format!(
            "Main analysis {}; worst for {arm}, best for {reference} (top right) {}; best for {arm}, worst for \
             {reference} (bottom left) {}.",
            text((0, 0)),
            text((0, second)),
            text((first, 0)),
            arm = arm.label,
            reference = reference.label,
        )
    }
}
