//! A diagram of where the participants of a running trial are: those who are not in an arm above, then a column an arm.

use crate::display::assemble::Assembly;
use crate::display::layout::Laid;
use crate::display::layout::flow::{counted, words};
use crate::display::layout::summary::sentence_case;
use crate::display::report::{Body, Flow, FlowBox, FlowLine, FlowStage};
use crate::results::{Key, Results, Statistic};
use crate::spec::status::{Status, StatusBox, StatusLayout};

pub(super) fn diagram(layout: &StatusLayout, results: &Results, assembly: &mut Assembly<'_>) -> Option<Laid> {
    let study = assembly.study;
    let status = study.status.iter().find(|status| status.id == layout.of)?;
    let root = status.boxes.first()?;
    let mut boxes = Boxes { status, results, assembly };
    // The way from the first box to the one that is told by arm; without such a box all is one column.
    let split = status.boxes.iter().find(|own| own.by_arm);
    let mut way: Vec<&StatusBox> = std::iter::successors(split, |own| status.of(own.r#in.as_deref()?)).collect();
    way.reverse();
    let (mut trunk, mut alt) = (Vec::new(), Vec::new());
    for pair in way.windows(2) {
        let main = FlowBox { lines: vec![boxes.line(0, pair[0], None)] };
        let mut side = FlowBox { lines: Vec::new() };
        for other in status.inside(&pair[0].id).filter(|other| other.id != pair[1].id) {
            boxes.listed(0, other, &mut side);
        }
        alt.push(words("All", &main));
        let side = (!side.lines.is_empty()).then_some(side);
        alt.extend(side.iter().map(|side| words("Of these", side)));
        trunk.push(FlowStage { main, side });
    }
    let several = split.is_some() && study.arm.len() > 1;
    if let (Some(split), true) = (split, several) {
        let main = FlowBox { lines: vec![boxes.line(0, split, None)] };
        alt.push(words("All", &main));
        trunk.push(FlowStage { main, side: None });
    }
    let top = split.unwrap_or(root);
    let opened = boxes.opened(top);
    let columns: Vec<Option<(&str, &str)>> = match split {
        Some(_) => study.arm.iter().map(|arm| Some((&*arm.id, arm.label.as_str()))).collect(),
        None => vec![None],
    };
    let mut arms = Vec::new();
    for column in columns {
        let mut blocks = Vec::new();
        for own in &opened {
            let mut block = boxes.block(own, column.map(|(id, _)| id));
            // The head of a column is the arm, where there are several.
            if let (Some((id, label)), true) = (column.filter(|_| several), own.id == top.id) {
                block.lines[0] = boxes.named(0, label, own, Some(id));
            }
            blocks.push(block);
        }
        let name = column.map_or("All", |(_, label)| label);
        alt.extend(blocks.iter().map(|block| words(name, block)));
        arms.push(blocks);
    }
    let of_trunk = if trunk.is_empty() { String::new() } else { root.band.clone() };
    let bands = std::iter::once(of_trunk).chain(opened.iter().map(|own| own.band.clone())).collect();
    let diagram = Flow { trunk, arms, bands, alt: format!("Diagram of participants. {}", alt.join(" ")) };
    Some(Laid { body: Body::Flow(diagram), footnotes: Vec::new(), analyses: vec![status.id.to_string()] })
}

struct Boxes<'a, 'b, 'c> {
    status: &'a Status,
    results: &'a Results,
    assembly: &'b mut Assembly<'c>,
}

impl<'a> Boxes<'a, '_, '_> {
    /// A box, and those in it that hold boxes themselves, in order.
    fn opened(&self, own: &'a StatusBox) -> Vec<&'a StatusBox> {
        let holds = |own: &&StatusBox| self.status.inside(&own.id).next().is_some();
        let inner = self.status.inside(&own.id).filter(holds).flat_map(|inner| self.opened(inner));
        std::iter::once(own).chain(inner).collect()
    }

    /// A box with what is in it, a line each.
    fn block(&mut self, own: &StatusBox, arm: Option<&str>) -> FlowBox {
        let mut block = FlowBox { lines: vec![self.line(0, own, arm)] };
        self.reasons(1, own, arm, &mut block);
        let status = self.status;
        for inner in status.inside(&own.id) {
            block.lines.push(self.line(1, inner, arm));
            // Those of a box of its own stand there.
            if status.inside(&inner.id).next().is_none() {
                self.reasons(2, inner, arm, &mut block);
            }
        }
        block
    }

    /// A box and all that is in it, of all arms together.
    fn listed(&mut self, indent: u8, own: &StatusBox, into: &mut FlowBox) {
        into.lines.push(self.line(indent, own, None));
        self.reasons(indent + 1, own, None, into);
        let status = self.status;
        for inner in status.inside(&own.id) {
            self.listed(indent + 1, inner, into);
        }
    }

    fn line(&mut self, indent: u8, own: &StatusBox, arm: Option<&str>) -> FlowLine {
        self.named(indent, &own.label, own, arm)
    }

    fn named(&mut self, indent: u8, label: &str, own: &StatusBox, arm: Option<&str>) -> FlowLine {
        let key = self.key(own, arm);
        FlowLine { indent, text: format!("{label} (n = {})", self.assembly.counted(&key)), keys: vec![key] }
    }

    fn key(&self, own: &StatusBox, arm: Option<&str>) -> Key {
        let key = Key::new(&*self.status.id, Statistic::Count).variable(&own.id);
        arm.map_or_else(|| key.clone(), |arm| key.clone().arm(arm))
    }

    /// Why participants are in a box, in the order of the results: the same in all arms.
    fn reasons(&self, indent: u8, own: &StatusBox, arm: Option<&str>, into: &mut FlowBox) {
        let of = self.key(own, arm);
        for row in &self.results.rows {
            if let ([reason], Some(count)) = (row.key.levels.as_slice(), counted(&row.value))
                && (Key { levels: Vec::new(), ..row.key.clone() }) == of
            {
                let text = format!("{} (n = {count})", sentence_case(reason));
                into.lines.push(FlowLine { indent, text, keys: vec![row.key.clone()] });
            }
        }
    }
}
