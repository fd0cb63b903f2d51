//! Records of a frame, a line a subject and visit, as plain text.

use crate::analysis::Work;
use crate::data::vector::Vector;
use crate::derive::FrameValues;
use crate::plan::{BoundIndividual, BoundListing};
use crate::results::Extract;

impl Work<'_> {
    pub(super) fn listing(&self, listing: &BoundListing) -> Extract {
        let frame = self.frames.frames.get(&listing.frame);
        let at = |visit: usize, name: &str| frame.and_then(|frame| frame.at_visit(visit, name));
        let columns: Vec<Vec<Option<Vector>>> =
            listing.visits.iter().map(|visit| listing.columns.iter().map(|name| at(*visit, name)).collect()).collect();
        let several = listing.visits.len() > 1;
        let mut lines = Vec::new();
        for (arm, subject) in self.listed(listing.order_by) {
            for (visit, columns) in listing.visits.iter().zip(&columns) {
                let listed = |rule| frame.is_some_and(|frame| frame.truth(rule, None, subject, *visit).holds());
                if listing.select.is_some_and(|rule| !listed(rule)) {
                    continue;
                }
                let mut line = vec![self.plan.arms[arm].id.clone(), self.frames.subjects[subject].clone()];
                line.extend(several.then(|| self.visit_id(*visit).to_owned()));
                let show = |column: &Option<Vector>| column.as_ref().map(|column| column.show(subject));
                line.extend(columns.iter().map(|column| show(column).unwrap_or_default()));
                lines.push(line);
            }
        }
        let mut names = vec!["arm".to_owned(), self.plan.subject.clone()];
        names.extend(several.then(|| "visit".to_owned()));
        names.extend(listing.columns.iter().cloned());
        Extract { id: self.job.analysis.clone(), columns: names, lines }
    }

    /// The values of each subject over the visits, for a figure of lines.
    pub(super) fn individual(&self, individual: &BoundIndividual) -> Extract {
        let frame = self.frames.frames.get(&individual.frame);
        let value = |frame: &FrameValues, subject, visit| {
            frame.value(individual.value, subject, visit).map(|(vector, row)| vector.show(row))
        };
        let mut lines = Vec::new();
        for arm in 0..self.plan.arms.len() {
            for subject in self.members(self.job.set, Some(arm)) {
                for visit in &individual.visits {
                    lines.push(vec![
                        self.plan.arms[arm].id.clone(),
                        self.frames.subjects[subject].clone(),
                        self.visit_id(*visit).to_owned(),
                        frame.and_then(|frame| value(frame, subject, *visit)).unwrap_or_default(),
                    ]);
                }
            }
        }
        let columns = ["arm", &self.plan.subject, "visit", "value"].map(str::to_owned).to_vec();
        Extract { id: self.job.analysis.clone(), columns, lines }
    }
}
