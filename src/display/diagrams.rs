//! Displays of words and counts as values: diagrams of boxes, and a page of large numbers.

use serde::Serialize;

use crate::results::Key;

/// A diagram of boxes: the flow of participants in the bands of CONSORT 2025, or where they are now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// The boxes of all participants, one below the other: "Assessed for eligibility (n = 52)", "Randomised (n = 40)".
    pub trunk: Vec<FlowStage>,
    /// One column an arm, of as many boxes each.
    pub arms: Vec<Vec<FlowBox>>,
    /// Names of the bands: of the trunk, and of each row of boxes of arms. Nothing stands where one is empty.
    pub bands: Vec<String>,
    /// The diagram in words and numbers.
    pub alt: String,
}

/// A box of all participants.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlowStage {
    /// The box.
    pub main: FlowBox,
    /// The box at its side: who left here, with reasons.
    pub side: Option<FlowBox>,
}

impl Flow {
    /// All its boxes with where they stand, in words.
    pub fn boxes(&self) -> impl Iterator<Item = (String, &FlowBox)> {
        let trunk = self.trunk.iter().enumerate().flat_map(|(row, stage)| {
            let side = stage.side.iter().map(move |side| (format!("box {} of all, at the side", row + 1), side));
            std::iter::once((format!("box {} of all", row + 1), &stage.main)).chain(side)
        });
        let arms = self.arms.iter().enumerate().flat_map(|(arm, boxes)| {
            let place = move |row: usize| format!("arm {}, box {}", arm + 1, row + 1);
            boxes.iter().enumerate().map(move |(row, own)| (place(row), own))
        });
        trunk.chain(arms)
    }
}

/// A box of the diagram.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlowBox {
    /// Its lines; the first is the headline.
    pub lines: Vec<FlowLine>,
}

/// A line in a box; it may wrap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlowLine {
    /// Depth, from 0.
    pub indent: u8,
    /// The text, with its count.
    pub text: String,
    /// Keys of the results shown.
    #[serde(skip)]
    pub keys: Vec<Key>,
}

/// A page of large numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Snapshot {
    /// The labels of the arms, for the legend; none where no number is told by arm.
    pub arms: Vec<String>,
    /// The numbers, in groups.
    pub groups: Vec<CardGroup>,
    /// The page in words and numbers.
    pub alt: String,
}

/// Numbers under one heading.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CardGroup {
    /// The heading.
    pub title: String,
    /// The numbers.
    pub cards: Vec<Card>,
}

/// A large number with what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Card {
    /// What it is.
    pub label: String,
    /// The number.
    pub number: String,
    /// What stands below it: "of 42 (57.1 %)".
    pub below: String,
    /// The same for arms: position and text.
    pub arms: Vec<(usize, String)>,
    /// Keys of the results shown.
    #[serde(skip)]
    pub keys: Vec<Key>,
}
