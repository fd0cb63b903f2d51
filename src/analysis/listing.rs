//! Records of a frame at one visit, a line a subject, as plain text.

use crate::analysis::Work;
use crate::plan::BoundListing;
use crate::results::Extract;

impl Work<'_> {
    pub(super) fn listing(&self, listing: &BoundListing) -> Extract {
        let columns: Vec<_> = listing
            .columns
            .iter()
            .map(|name| {
                self.frames.frames.get(&listing.frame).and_then(|frame| frame.at_visit(None, listing.visit, name))
            })
            .collect();
        let mut lines = Vec::new();
        for arm in 0..self.plan.arms.len() {
            for subject in self.members(self.job.set, Some(arm)) {
                let mut line = vec![self.plan.arms[arm].id.clone(), self.frames.subjects[subject].clone()];
                line.extend(
                    columns
                        .iter()
                        .map(|column| column.as_ref().map_or_else(String::new, |column| column.show(subject))),
                );
                lines.push(line);
            }
        }
        let mut names = vec!["arm".to_owned(), self.plan.subject.clone()];
        names.extend(listing.columns.iter().cloned());
        Extract { id: self.job.analysis.clone(), columns: names, lines }
    }
}
