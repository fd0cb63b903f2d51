//! Families of methods: those that write the same rows.

/// What a method is applied to, and what it yields: which rows it writes, and where a table shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Limits of one proportion.
    Share,
    /// A difference of two proportions with its limits.
    ShareDifference,
    /// A ratio of two proportions, or of their odds, with its limits.
    ShareRatio,
    /// A test of two proportions.
    ShareTest,
    /// A test that the difference of two proportions is a margin.
    ShareMargin,
    /// Those who must be treated for one to benefit: from the first difference of proportions.
    ShareNumberNeeded,
    /// A difference of two proportions, or a test of it, over strata.
    ShareStrata,
    /// A model of a yes-or-no outcome with covariates.
    ShareModel,
    /// A model of a yes-or-no outcome at all visits together.
    ShareRepeated,
    /// A test of the proportions of all arms in the order of their doses.
    ShareTrend,
    /// Limits of a mean.
    Mean,
    /// A test that a change within an arm is zero.
    Within,
    /// A comparison of the changes of two arms.
    Change,
    /// A test of the changes of all arms at once.
    ChangeOfAll,
    /// A model of the changes at all visits together.
    Repeated,
    /// A comparison of changes of which missing ones are imputed.
    Imputed,
    /// A curve over time in each arm.
    Curve,
    /// A mean time in each arm, and its comparison.
    MeanTime,
    /// The curves of two arms compared at given times.
    CurveContrast,
    /// A test of the times of two arms.
    TimeTest,
    /// A test of the times of all arms in the order of their doses.
    TimeTrend,
    /// A hazard ratio.
    Hazard,
    /// A rate in each arm.
    Rate,
    /// The mean number of records over time, in each arm.
    Recurrence,
    /// A comparison of the rates of two arms.
    RateContrast,
    /// A model or a test of an analysis of its own.
    Own,
    /// An adjustment of p-values for their number.
    Adjustment,
}
