//! Gradings of measurements: for each analyte and direction, a rule a grade.

use serde::Deserialize;

/// A grading: grades of toxicity, levels of outliers, rules of two parts.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GradeInstrument {
    /// Label.
    pub label: String,
    /// Where the limits come from.
    pub source: String,
    /// How the text of the source was read where it leaves a choice: printed with the methods.
    #[serde(default)]
    pub conventions: Vec<String>,
    /// What it grades.
    pub analyte: Vec<Analyte>,
}

/// What is graded.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Analyte {
    /// Identifier; parameters of findings refer to it.
    pub id: String,
    /// Label.
    pub label: String,
    /// The unit of the limits; none where they are multiples of the reference range alone.
    #[serde(default)]
    pub unit: Option<String>,
    /// The conversion that leads to it.
    #[serde(default)]
    pub conversion: Option<String>,
    /// Grades of low values.
    #[serde(default)]
    pub low: Option<Direction>,
    /// Grades of high values.
    #[serde(default)]
    pub high: Option<Direction>,
}

/// Grades in one direction.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Direction {
    /// What the source calls it.
    pub term: String,
    /// The grades, the worst first. The worst that certainly holds is the grade; if none does, it is 0 where all certainly
    /// do not hold, and unknown otherwise.
    pub grade: Vec<Grade>,
}

/// A grade.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Grade {
    /// Its number, from 1.
    pub is: u8,
    /// When: a rule over `value`, `lln`, `uln` and `base` in the unit of the analyte, `change` (from baseline), `age` in
    /// years, and `sex` ("F" or "M").
    pub when: String,
}

impl Direction {
    /// The rule of the grade.
    #[must_use]
    pub fn rule(&self) -> String {
        let mut worst: Vec<&Grade> = self.grade.iter().collect();
        worst.sort_by_key(|grade| std::cmp::Reverse(grade.is));
        let cases: Vec<String> = worst.iter().map(|grade| format!("WHEN {} THEN {}", grade.when, grade.is)).collect();
        let any: Vec<String> = worst.iter().map(|grade| format!("({})", grade.when)).collect();
        format!("CASE {} WHEN NOT ({}) THEN 0 END", cases.join(" "), any.join(" OR "))
    }
}

/// The shipped grading of this name.
#[must_use]
pub fn grades(name: &str) -> Option<GradeInstrument> {
    toml::from_str(super::text(super::GRADES, name)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{Direction, Grade};

    #[test]
    fn the_worst_certain_grade_counts() {
        let grade = |is, when: &str| Grade { is, when: when.to_owned() };
        let direction =
            Direction { term: "Low".to_owned(), grade: vec![grade(1, "value < lln"), grade(2, "value < 5")] };
        assert_eq!(
            direction.rule(),
            "CASE WHEN value < 5 THEN 2 WHEN value < lln THEN 1 WHEN NOT ((value < 5) OR (value < lln)) THEN 0 END"
        );
    }
}
