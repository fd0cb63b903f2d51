//! Every statistic, method and reason the results can hold: one match arm each, so that adding one cannot forget its
//! name, its decimals or its words.

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
        /// The statistic of a test.
        TestStatistic = "test-statistic",
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
    }
}

impl Statistic {
    /// The decimals it prints with.
    #[must_use]
    pub const fn decimals(self) -> Decimals {
        match self {
            Self::N | Self::Missing | Self::Count | Self::Events | Self::Imputed | Self::AtRisk | Self::Censored => {
                Decimals::Whole
            }
            Self::Rate | Self::RateLower | Self::RateUpper | Self::PersonYears => Decimals::Fixed(1),
            Self::Share
            | Self::ShareLower
            | Self::ShareUpper
            | Self::Incidence
            | Self::IncidenceLower
            | Self::IncidenceUpper
            | Self::CompetingIncidence
            | Self::Survival
            | Self::SurvivalLower
            | Self::SurvivalUpper => Decimals::Percent(1),
            Self::Ratio | Self::RatioLower | Self::RatioUpper | Self::TestStatistic => Decimals::Fixed(2),
            Self::Min | Self::Max | Self::WhiskerLower | Self::WhiskerUpper => Decimals::Recorded(0),
            Self::Mean
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
            | Self::Difference
            | Self::DifferenceLower
            | Self::DifferenceUpper => Decimals::Recorded(1),
            Self::Sd | Self::DifferenceSe | Self::LsMeanSe => Decimals::Recorded(2),
            Self::PValue => Decimals::Probability(4),
        }
    }
}

named! {
    /// A statistical method.
    Method {
        /// Exact binomial interval.
        ClopperPearson = "clopper-pearson",
        /// Wilson's score interval.
        Wilson = "wilson",
        /// Score interval for a difference of proportions.
        MiettinenNurminen = "miettinen-nurminen",
        /// Hybrid score interval for a difference of proportions.
        Newcombe = "newcombe",
        /// Fisher's exact test, in its Freeman–Halton form for more than two columns.
        Fisher = "fisher",
        /// Pearson's chi-square test without continuity correction.
        ChiSquare = "chi-square",
        /// Boschloo's exact test.
        Boschloo = "boschloo",
        /// Ratio of proportions with its score interval.
        RiskRatio = "risk-ratio",
        /// Odds ratio with its exact conditional interval.
        OddsRatio = "odds-ratio",
        /// Interval of a mean by the t distribution.
        TInterval = "t-interval",
        /// Wilcoxon's rank-sum test.
        Wilcoxon = "wilcoxon",
        /// Wilcoxon's rank-sum test with the worst rank for those with an intercurrent event.
        WilcoxonWorstRank = "wilcoxon-worst-rank",
        /// Hodges and Lehmann's difference.
        HodgesLehmann = "hodges-lehmann",
        /// Quade's analysis of covariance of ranks.
        RankAncova = "rank-ancova",
        /// Cumulative incidence with competing events.
        AalenJohansen = "aalen-johansen",
        /// Kaplan and Meier's estimate.
        KaplanMeier = "kaplan-meier",
        /// The log-rank test.
        LogRank = "log-rank",
        /// Cox's proportional hazards model with Efron's handling of ties.
        Cox = "cox",
        /// The same with limits by the profile of the likelihood.
        CoxProfile = "cox-profile",
        /// Proportional hazards in grouped time.
        GroupedHazards = "grouped-hazards",
        /// Subjects with a first record per time at risk before it.
        SubjectRate = "subject-rate",
        /// Records per time at risk.
        RecordRate = "record-rate",
        /// One-way analysis of variance.
        Anova = "anova",
        /// Analysis of covariance.
        Ancova = "ancova",
        /// Analysis of covariance with the dose as a number.
        AncovaTrend = "ancova-trend",
    }
}

impl Method {
    /// The sentence of the methods section, in the words of a reader who must be able to repeat it.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ClopperPearson => {
                "Proportions are given with the exact two-sided confidence interval of Clopper and Pearson (1934)."
            }
            Self::Wilson => {
                "Proportions are given with the score interval of Wilson (1927), without continuity correction."
            }
            Self::MiettinenNurminen => {
                "Differences of proportions are given with the score interval of Miettinen and Nurminen (1985), with \
                 the variance factor N/(N − 1)."
            }
            Self::Newcombe => {
                "Differences of proportions are given with the hybrid score interval of Newcombe (1998, method 10), \
                 without continuity correction."
            }
            Self::Fisher => {
                "Proportions are compared with Fisher’s exact test, two-sided: the sum of the probabilities of all \
                 tables with the same margins that are no more probable than the one observed (Freeman and Halton 1951 \
                 for more than two columns)."
            }
            Self::ChiSquare => {
                "Categories are compared with Pearson’s chi-square test without continuity correction; categories in \
                 which nobody falls are left out."
            }
            Self::Boschloo => {
                "Proportions are compared with Boschloo’s unconditional exact test (1970), its two-sided p-value twice the \
                 smaller one-sided one, at most 1."
            }
            Self::RiskRatio => {
                "Ratios of proportions are given with the score interval of Miettinen and Nurminen (1985), with the \
                 variance factor N/(N − 1)."
            }
            Self::OddsRatio => {
                "Odds ratios are conditional maximum-likelihood estimates with exact conditional intervals (Fisher’s \
                 noncentral hypergeometric distribution)."
            }
            Self::TInterval => "Means by visit are given with intervals from the t distribution, each visit by itself.",
            Self::Wilcoxon => {
                "Changes are compared with Wilcoxon’s rank-sum test: the exact permutation distribution of the midranks, \
                 two-sided; the normal approximation with ties where that is too large."
            }
            Self::WilcoxonWorstRank => {
                "As a composite strategy, participants with the intercurrent events named share the worst rank in the same \
                 test; those without value and without event are left out."
            }
            Self::HodgesLehmann => {
                "The difference of locations is the median of all pairwise differences (Hodges and Lehmann 1963), with \
                 Moses’ limits."
            }
            Self::RankAncova => {
                "The ranks of the changes are compared after regression on the ranks of the baseline (Quade 1967)."
            }
            Self::AalenJohansen => {
                "The probability of the event over time is the cumulative incidence of Aalen and Johansen (1978), with the \
                 competing events named; intervals on the log(−log) scale."
            }
            Self::KaplanMeier => {
                "Medians and quartiles of time are those of the Kaplan–Meier estimate with Brookmeyer and Crowley’s limits \
                 on the log(−log) scale."
            }
            Self::LogRank => "Times are compared with the log-rank test.",
            Self::Cox => {
                "Hazard ratios are those of Cox’s model with the arm as only covariate, ties by Efron’s method, with Wald \
                 limits."
            }
            Self::CoxProfile => "Hazard ratios are also given with limits by the profile of the partial likelihood.",
            Self::GroupedHazards => {
                "Because the event can be seen only at visits, hazard ratios are also estimated in grouped time: \
                 complementary log-log regression with one intercept a visit (Prentice and Gloeckler 1978), Wald limits."
            }
            Self::SubjectRate => {
                "Exposure-adjusted incidence rates are the participants with at least one event, per 100 years at risk up to \
                 the first, with the exact Poisson interval of Garwood (1936)."
            }
            Self::RecordRate => {
                "Exposure-adjusted event rates are all events per 100 years at risk, with the exact Poisson interval of \
                 Garwood (1936), which takes events of one participant as independent."
            }
            Self::Anova => "Means are compared with the F test of a one-way analysis of variance.",
            Self::Ancova => {
                "Continuous outcomes are compared by analysis of covariance with the factors and covariates listed \
                 under the table. Least-squares means weight the levels of a factor equally and set covariates to \
                 their mean; intervals and p-values use the t distribution."
            }
            Self::AncovaTrend => {
                "The dose response is tested in the same model with the arm replaced by its dose as a number."
            }
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
        for method in Method::ALL {
            assert_eq!(serde_json::to_value(method).ok(), Some(serde_json::Value::from(method.name())));
        }
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).ok(), Some(serde_json::Value::from(reason.name())));
        }
    }
}
