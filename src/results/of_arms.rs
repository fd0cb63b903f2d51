//! Which methods compare arms, and what is said of those that do not in a study that has only one.

use super::{Family, Method};

impl Method {
    /// Whether it compares arms, or adjusts comparisons of them: a study with one arm has no use for it.
    #[must_use]
    pub const fn compares_arms(self) -> bool {
        match self.family() {
            Family::Share
            | Family::Mean
            | Family::Within
            | Family::Curve
            | Family::MeanTime
            | Family::Rate
            | Family::Recurrence => false,
            Family::Own => !matches!(
                self,
                Self::Mcnemar
                    | Self::Kappa
                    | Self::Projection
                    | Self::GroupSequential
                    | Self::ConditionalPower
                    | Self::PredictivePower
                    | Self::BinomialRule
                    | Self::PosteriorRule
                    | Self::ToxicityRule
            ),
            Family::ShareDifference
            | Family::ShareRatio
            | Family::ShareTest
            | Family::ShareMargin
            | Family::ShareNumberNeeded
            | Family::ShareStrata
            | Family::ShareModel
            | Family::ShareRepeated
            | Family::ShareTrend
            | Family::Change
            | Family::ChangeOfAll
            | Family::Repeated
            | Family::Imputed
            | Family::CurveContrast
            | Family::TimeTest
            | Family::TimeTrend
            | Family::Hazard
            | Family::RateContrast
            | Family::Adjustment => true,
        }
    }

    /// Its sentence in the methods section of a study with one arm, which does not speak of comparisons.
    #[must_use]
    pub const fn sentence_of_one_arm(self) -> &'static str {
        match self {
            Self::RestrictedMean => {
                "The restricted mean time without event is the area under the Kaplan–Meier estimate up to the last day on \
                 which the curve is known."
            }
            _ => self.sentence(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_describes_an_arm_does_not_speak_of_another() {
        for method in Method::ALL.iter().filter(|method| !method.compares_arms()) {
            let sentence = method.sentence_of_one_arm();
            let speaks = ["compared with", "are compared", "two arms", "all arms", "Differences"];
            // Other software is compared with nowhere in them, so that the words can only be about arms.
            assert!(!speaks.iter().any(|words| sentence.contains(words)), "{}: {sentence}", method.name());
        }
        assert!(Method::Fisher.compares_arms() && Method::Holm.compares_arms() && Method::Mmrm.compares_arms());
        assert!(
            !Method::Wilson.compares_arms() && !Method::PairedT.compares_arms() && !Method::Mcnemar.compares_arms()
        );
    }
}
