//! The participant flow diagram, from its counts.

use crate::display::assemble::Assembly;
use crate::display::layout::Laid;
use crate::display::layout::summary::sentence_case;
use crate::display::report::{Body, Flow, FlowBox, FlowLine, FlowStage};
use crate::results::{Key, Results, Statistic, Value};

pub(super) fn diagram(results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let flow = study.flow.as_ref()?;
    let boxes = Boxes { analysis: &flow.id, results };
    let assessed = FlowBox { lines: vec![boxes.line(0, "Assessed for eligibility", None, "assessed", assembly)] };
    let mut excluded = FlowBox { lines: vec![boxes.line(0, "Excluded", None, "excluded", assembly)] };
    boxes.reasons(1, None, "excluded", &mut excluded);
    let randomised = FlowBox { lines: vec![boxes.line(0, "Randomised", None, "randomised", assembly)] };
    let mut arms = Vec::new();
    for arm in &study.arm {
        let id = Some(&*arm.id);
        let allocated = if study.compares() { &arm.label } else { "intervention" };
        let mut allocation =
            FlowBox { lines: vec![boxes.line(0, &format!("Allocated to {allocated}"), id, "allocated", assembly)] };
        allocation.lines.push(boxes.line(1, "Received allocated intervention", id, "received", assembly));
        allocation.lines.push(boxes.line(1, "Did not receive allocated intervention", id, "not-received", assembly));
        boxes.reasons(2, id, "not-received", &mut allocation);
        let mut follow_up =
            FlowBox { lines: vec![boxes.line(0, "Discontinued intervention", id, "discontinued", assembly)] };
        boxes.reasons(1, id, "discontinued", &mut follow_up);
        follow_up.lines.push(boxes.line(0, "Lost for primary outcome", id, "lost", assembly));
        boxes.reasons(1, id, "lost", &mut follow_up);
        let mut analysis =
            FlowBox { lines: vec![boxes.line(0, "Analysed for primary outcome", id, "analysed", assembly)] };
        analysis.lines.push(boxes.line(1, "Excluded from analysis", id, "not-analysed", assembly));
        boxes.reasons(2, id, "not-analysed", &mut analysis);
        arms.push(vec![allocation, follow_up, analysis]);
    }
    let mut alt = vec![words("Enrolment", &assessed), words("Excluded", &excluded), words("Randomised", &randomised)];
    for (arm, shown) in study.arm.iter().zip(&arms) {
        let names = [format!("{}, allocation", arm.label), "Follow-up".to_owned(), "Analysis".to_owned()];
        alt.extend(names.iter().zip(shown).map(|(name, flow_box)| words(name, flow_box)));
    }
    let bands = ["Enrolment", "Allocation", "Follow-up", "Analysis"].map(str::to_owned).to_vec();
    let trunk = vec![FlowStage { main: assessed, side: Some(excluded) }, FlowStage { main: randomised, side: None }];
    let diagram = Flow { trunk, arms, bands, alt: format!("Flow diagram. {}", alt.join(" ")) };
    Some(Laid { body: Body::Flow(diagram), footnotes: Vec::new(), analyses: vec![flow.id.to_string()] })
}

/// A box in words.
pub(super) fn words(name: &str, flow_box: &FlowBox) -> String {
    let lines: Vec<&str> = flow_box.lines.iter().map(|line| line.text.as_str()).collect();
    format!("{name}: {}.", lines.join("; "))
}

/// A number of subjects, or what stands for it in a shell.
pub(super) fn counted(value: &Value) -> Option<String> {
    match value {
        Value::Count(count) => Some(count.to_string()),
        Value::Text(placeholder) => Some(placeholder.clone()),
        _ => None,
    }
}

struct Boxes<'a> {
    analysis: &'a str,
    results: &'a Results,
}

impl Boxes<'_> {
    fn line(&self, indent: u8, label: &str, arm: Option<&str>, node: &str, assembly: &mut Assembly<'_>) -> FlowLine {
        let mut key = Key::new(self.analysis, Statistic::Count);
        if let Some(arm) = arm {
            key = key.arm(arm);
        }
        let key = key.variable(node);
        FlowLine { indent, text: format!("{label} (n = {})", assembly.counted(&key)), keys: vec![key] }
    }

    /// The reasons of a node: those listed keep their order and their zeros, those by value come most frequent first.
    fn reasons(&self, indent: u8, arm: Option<&str>, node: &str, into: &mut FlowBox) {
        for row in &self.results.rows {
            let key = &row.key;
            let of_arm = match arm {
                Some(arm) => key.groups.first().is_some_and(|(_, level)| level == arm),
                None => key.groups.is_empty(),
            };
            if let (true, true, Some(node_name), Some(label), Some(count)) = (
                key.analysis == self.analysis,
                of_arm,
                key.variable.as_deref(),
                key.levels.first(),
                counted(&row.value),
            ) && node_name == node
            {
                let text = format!("{} (n = {count})", sentence_case(label));
                into.lines.push(FlowLine { indent, text, keys: vec![key.clone()] });
            }
        }
    }
}
