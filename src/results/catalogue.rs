//! Every statistic and reason the results can hold: one match arm each, so that adding one cannot forget its name, its
//! decimals or its words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many decimals a statistic prints with, before a display says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimals {
    /// A whole number.
    Whole,
    /// As many as the variable is recorded with, and so many more.
    Recorded(u8),
    /// Percent with so many decimals.
    Percent(u8),
    /// A p-value: so many decimals, and "<" where it would round to zero.
    Probability(u8),
    /// Exactly so many.
    Fixed(u8),
}

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[doc = $doc])+ $variant,)+ }

        impl $name {
            /// All of them, in catalogue order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in specifications and result files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The one of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|candidate| candidate.name() == name)
            }
        }
    };
}

named! {
    /// A statistic: one number that a method yields.
    Statistic {
        /// Number of subjects with a value, or in the group.
        N = "n",
        /// Number of subjects without a value.
        Missing = "missing",
        /// Number of subjects for whom the event holds.
        Count = "count",
        /// Share of subjects for whom the event holds.
        Share = "share",
        /// Lower confidence limit of the share.
        ShareLower = "share-lower",
        /// Upper confidence limit of the share.
        ShareUpper = "share-upper",
        /// Number of subjects whose response is not known but imputed.
        Imputed = "imputed",
        /// Number of records, of which a subject may have several.
        Events = "events",
        /// Years at risk of all subjects together.
        PersonYears = "person-years",
        /// Rate per 100 years at risk.
        Rate = "rate",
        /// Lower confidence limit of the rate.
        RateLower = "rate-lower",
        /// Upper confidence limit of the rate.
        RateUpper = "rate-upper",
        /// Arithmetic mean.
        Mean = "mean",
        /// Lower confidence limit of the mean.
        MeanLower = "mean-lower",
        /// Upper confidence limit of the mean.
        MeanUpper = "mean-upper",
        /// Standard deviation with divisor n − 1.
        Sd = "sd",
        /// Standard error of the mean.
        Se = "se",
        /// Coefficient of variation: standard deviation over mean.
        Cv = "cv",
        /// Geometric mean.
        GeometricMean = "geometric-mean",
        /// Geometric coefficient of variation.
        GeometricCv = "geometric-cv",
        /// Median.
        Median = "median",
        /// Lower confidence limit of the median.
        MedianLower = "median-lower",
        /// Upper confidence limit of the median.
        MedianUpper = "median-upper",
        /// Lower quartile.
        Q1 = "q1",
        /// Upper quartile.
        Q3 = "q3",
        /// Smallest value.
        Min = "min",
        /// Largest value.
        Max = "max",
        /// Lower end of the whiskers of a box plot: the smallest value no more than 1.5 box lengths below the box.
        WhiskerLower = "whisker-lower",
        /// Upper end of the whiskers of a box plot.
        WhiskerUpper = "whisker-upper",
        /// Difference of two arms.
        Difference = "difference",
        /// Lower confidence limit of the difference.
        DifferenceLower = "difference-lower",
        /// Upper confidence limit of the difference.
        DifferenceUpper = "difference-upper",
        /// Standard error of the difference.
        DifferenceSe = "difference-se",
        /// Ratio of two arms: of proportions, odds or hazards.
        Ratio = "ratio",
        /// Lower confidence limit of the ratio.
        RatioLower = "ratio-lower",
        /// Upper confidence limit of the ratio.
        RatioUpper = "ratio-upper",
        /// Number of subjects at risk.
        AtRisk = "at-risk",
        /// Number of subjects censored.
        Censored = "censored",
        /// Probability that the event has happened, in the presence of competing events.
        Incidence = "incidence",
        /// Lower confidence limit of the cumulative incidence.
        IncidenceLower = "incidence-lower",
        /// Upper confidence limit of the cumulative incidence.
        IncidenceUpper = "incidence-upper",
        /// Probability that a competing event has happened first.
        CompetingIncidence = "competing-incidence",
        /// Probability of being without event.
        Survival = "survival",
        /// Lower confidence limit of the probability of being without event.
        SurvivalLower = "survival-lower",
        /// Upper confidence limit of the probability of being without event.
        SurvivalUpper = "survival-upper",
        /// Number of those to treat for one to benefit; negative where the difference is a harm.
        NumberNeeded = "number-needed",
        /// The end of the interval of the number needed that belongs to the lower limit of the difference.
        NumberNeededLower = "number-needed-lower",
        /// The end of the interval of the number needed that belongs to the upper limit of the difference.
        NumberNeededUpper = "number-needed-upper",
        /// Cumulative hazard.
        Hazard = "hazard",
        /// Lower confidence limit of the cumulative hazard.
        HazardLower = "hazard-lower",
        /// Upper confidence limit of the cumulative hazard.
        HazardUpper = "hazard-upper",
        /// The end of the interval in which a share of the events lies.
        Until = "until",
        /// Agreement beyond chance.
        Kappa = "kappa",
        /// Lower confidence limit of the agreement.
        KappaLower = "kappa-lower",
        /// Upper confidence limit of the agreement.
        KappaUpper = "kappa-upper",
        /// A day of the calendar, `YYYY-MM-DD`.
        Date = "date",
        /// Lower confidence limit of a projected day.
        DateLower = "date-lower",
        /// Upper confidence limit of a projected day.
        DateUpper = "date-upper",
        /// A day as its number from the first day of an axis.
        Day = "day",
        /// Lower confidence limit of the number of a projected day.
        DayLower = "day-lower",
        /// Upper confidence limit of the number of a projected day.
        DayUpper = "day-upper",
        /// Number of subjects expected.
        Expected = "expected",
        /// Lower confidence limit of the number of subjects expected.
        ExpectedLower = "expected-lower",
        /// Upper confidence limit of the number of subjects expected.
        ExpectedUpper = "expected-upper",
        /// How many subjects fewer there are than expected; negative where there are more.
        Deficit = "deficit",
        /// How many days later it is than expected; negative where it is earlier.
        Delay = "delay",
        /// Months of observation, of 365.25 / 12 days.
        Months = "months",
        /// Subjects a month.
        MonthlyRate = "monthly-rate",
        /// Share of the full information.
        Information = "information",
        /// Error of the first kind spent so far.
        Spent = "spent",
        /// Bound for efficacy on the scale of Z.
        Bound = "bound",
        /// Bound for futility on the scale of Z.
        FutilityBound = "futility-bound",
        /// Probability to have stopped for efficacy by then, with the effect assumed.
        PowerBy = "power-by",
        /// Expected share of the full information at the end, with the effect assumed.
        ExpectedInformation = "expected-information",
        /// Information in its own unit: participants, events, 1/SE².
        AvailableInformation = "available-information",
        /// Error of the first kind spent at a look, beyond that of those before.
        SpentIncrement = "spent-increment",
        /// One-sided p-value, of the side of a benefit.
        OneSidedP = "one-sided-p",
        /// Bound for harm on the scale of Z.
        HarmBound = "harm-bound",
        /// Bound for efficacy on the scale of t, with the nominal level of that on the scale of Z.
        TBound = "t-bound",
        /// Bound for efficacy on the scale of the effect.
        EffectBound = "effect-bound",
        /// Z times the root of the share of the information.
        BValue = "b-value",
        /// The standardised effect, above 0 for a benefit.
        Z = "z",
        /// The critical value of Z at the end of the trial.
        CriticalValue = "critical-value",
        /// Probability to exceed the critical value at the end, given what was seen and an effect from here on.
        ConditionalPower = "conditional-power",
        /// Conditional power averaged over what is believed of the effect.
        PredictivePower = "predictive-power",
        /// What a rule says, as one of its words.
        Status = "status",
        /// The number of events that stops.
        Boundary = "boundary",
        /// Events that are still possible before the boundary is reached; 0 where it is.
        Distance = "distance",
        /// Probability of so many events or more at an acceptable rate.
        TailProbability = "tail-probability",
        /// Posterior probability that a rate exceeds an acceptable one.
        Posterior = "posterior",
        /// The statistic of a test.
        TestStatistic = "test-statistic",
        /// Degrees of freedom of a test or of an interval.
        Df = "df",
        /// How often a test holds a value at least as far: the number of allocations sampled.
        Sampled = "sampled",
        /// The covariance structure of a model, in words.
        Structure = "structure",
        /// Least-squares mean.
        LsMean = "ls-mean",
        /// Standard error of the least-squares mean.
        LsMeanSe = "ls-mean-se",
        /// Lower confidence limit of the least-squares mean.
        LsMeanLower = "ls-mean-lower",
        /// Upper confidence limit of the least-squares mean.
        LsMeanUpper = "ls-mean-upper",
        /// Two-sided p-value.
        PValue = "p-value",
        /// Two-sided p-value adjusted for the number of hypotheses.
        AdjustedPValue = "adjusted-p-value",
    }
}

impl Statistic {
    /// Whether it is a confidence limit, whose key has a level.
    #[must_use]
    pub const fn is_limit(self) -> bool {
        matches!(
            self,
            Self::ShareLower
                | Self::ShareUpper
                | Self::RateLower
                | Self::RateUpper
                | Self::MeanLower
                | Self::MeanUpper
                | Self::MedianLower
                | Self::MedianUpper
                | Self::DifferenceLower
                | Self::DifferenceUpper
                | Self::RatioLower
                | Self::RatioUpper
                | Self::IncidenceLower
                | Self::IncidenceUpper
                | Self::SurvivalLower
                | Self::SurvivalUpper
                | Self::NumberNeededLower
                | Self::NumberNeededUpper
                | Self::HazardLower
                | Self::HazardUpper
                | Self::KappaLower
                | Self::KappaUpper
                | Self::LsMeanLower
                | Self::LsMeanUpper
                | Self::DateLower
                | Self::DateUpper
                | Self::DayLower
                | Self::DayUpper
                | Self::ExpectedLower
                | Self::ExpectedUpper
        )
    }

    /// The decimals it prints with.
    #[must_use]
    pub const fn decimals(self) -> Decimals {
        match self {
            Self::N
            | Self::Missing
            | Self::Count
            | Self::Events
            | Self::Imputed
            | Self::AtRisk
            | Self::Censored
            | Self::Until
            | Self::Sampled
            | Self::Status
            | Self::Boundary
            | Self::Distance
            | Self::Date
            | Self::DateLower
            | Self::DateUpper
            | Self::Day
            | Self::DayLower
            | Self::DayUpper
            | Self::Delay
            | Self::Structure => Decimals::Whole,
            Self::Rate
            | Self::RateLower
            | Self::RateUpper
            | Self::PersonYears
            | Self::Expected
            | Self::ExpectedLower
            | Self::ExpectedUpper
            | Self::Deficit
            | Self::Months
            | Self::NumberNeeded
            | Self::NumberNeededLower
            | Self::NumberNeededUpper
            | Self::AvailableInformation
            | Self::Df => Decimals::Fixed(1),
            Self::Hazard | Self::HazardLower | Self::HazardUpper => Decimals::Fixed(3),
            Self::Bound
            | Self::FutilityBound
            | Self::Spent
            | Self::SpentIncrement
            | Self::HarmBound
            | Self::TBound
            | Self::BValue
            | Self::Z
            | Self::CriticalValue => Decimals::Fixed(4),
            Self::Share
            | Self::ShareLower
            | Self::ShareUpper
            | Self::Incidence
            | Self::IncidenceLower
            | Self::IncidenceUpper
            | Self::CompetingIncidence
            | Self::Information
            | Self::PowerBy
            | Self::ExpectedInformation
            | Self::ConditionalPower
            | Self::PredictivePower
            | Self::Posterior
            | Self::Cv
            | Self::GeometricCv
            | Self::Survival
            | Self::SurvivalLower
            | Self::SurvivalUpper => Decimals::Percent(1),
            Self::Ratio
            | Self::MonthlyRate
            | Self::RatioLower
            | Self::RatioUpper
            | Self::Kappa
            | Self::KappaLower
            | Self::KappaUpper
            | Self::TestStatistic => Decimals::Fixed(2),
            Self::Min | Self::Max | Self::WhiskerLower | Self::WhiskerUpper => Decimals::Recorded(0),
            Self::Mean
            | Self::GeometricMean
            | Self::MeanLower
            | Self::MeanUpper
            | Self::MedianLower
            | Self::MedianUpper
            | Self::LsMeanLower
            | Self::LsMeanUpper
            | Self::Median
            | Self::Q1
            | Self::Q3
            | Self::LsMean
            | Self::EffectBound
            | Self::Difference
            | Self::DifferenceLower
            | Self::DifferenceUpper => Decimals::Recorded(1),
            Self::Sd | Self::Se | Self::DifferenceSe | Self::LsMeanSe => Decimals::Recorded(2),
            Self::PValue | Self::AdjustedPValue | Self::OneSidedP | Self::TailProbability => Decimals::Probability(4),
        }
    }
}

named! {
    /// Why a statistic has no value.
    Reason {
        /// There is no value to compute it from.
        NoData = "no-data",
        /// There are too few values.
        TooFew = "too-few",
        /// All values are equal.
        NoVariance = "no-variance",
        /// An arm, or a category, has nobody in it.
        EmptyMargin = "empty-margin",
        /// The model does not identify it.
        NotIdentified = "not-identified",
        /// The iteration did not converge.
        NotConverged = "not-converged",
        /// The exact computation would not end in reasonable time.
        TooLarge = "too-large",
        /// Only bounds of the value are known.
        OnlyBounds = "only-bounds",
        /// Nobody had the event.
        NoEvents = "no-events",
        /// Too few events for the quantile.
        NotReached = "not-reached",
        /// One arm, or one side of a table, has no event: the estimate is infinite, or has no end.
        Unbounded = "unbounded",
        /// The arithmetic left the range of numbers.
        NotFinite = "not-finite",
    }
}

impl Reason {
    /// What stands in the cell.
    #[must_use]
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::NoData => "–",
            Self::NotConverged => "NC",
            _ => "NE",
        }
    }

    /// The footnote that explains it.
    #[must_use]
    pub const fn footnote(self) -> &'static str {
        match self {
            Self::NoData => "–: no participant with data.",
            Self::TooFew => "NE: not estimable, too few participants with data.",
            Self::NoVariance => "NE: not estimable, all values are equal.",
            Self::EmptyMargin => "NE: not estimable, an arm or a category has no participant.",
            Self::NotIdentified => "NE: not estimable, the model does not identify it from these data.",
            Self::NotConverged => "NC: the iteration did not converge.",
            Self::TooLarge => "NE: the exact computation is too large.",
            Self::OnlyBounds => "NE: not estimable, only bounds of the value are known.",
            Self::NoEvents => "NE: not estimable, no participant had the event.",
            Self::NotReached => "NE: not reached.",
            Self::Unbounded => "NE: not estimable, the estimate or its limit is unbounded (a cell without event).",
            Self::NotFinite => "NE: not estimable, the result is not a finite number.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_files_are_the_names_of_the_catalogue() {
        for statistic in Statistic::ALL {
            assert_eq!(serde_json::to_value(statistic).ok(), Some(serde_json::Value::from(statistic.name())));
            assert_eq!(Statistic::named(statistic.name()), Some(*statistic));
        }
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).ok(), Some(serde_json::Value::from(reason.name())));
        }
    }
}
