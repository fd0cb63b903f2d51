//! Every statistical method a specification can name: what it is for, what it is called in a table, and the sentence that
//! lets a reader repeat it. One entry each, so that adding a method cannot forget one of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Family;

macro_rules! methods {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $family:ident, $label:literal, $sentence:literal;)+) => {
        /// A statistical method.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Method { $($(#[doc = $doc])+ $variant,)+ }

        impl Method {
            /// All of them, in catalogue order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in specifications and result files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The one of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|candidate| candidate.name() == name)
            }

            /// What it is applied to.
            #[must_use]
            pub const fn family(self) -> Family {
                match self { $(Self::$variant => Family::$family,)+ }
            }

            /// The name in tables and notes.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// The sentence of the methods section, in the words of a reader who must be able to repeat it.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }
        }
    };
}

methods! {
    /// Exact binomial interval.
    ClopperPearson = "clopper-pearson", Share, "Clopper–Pearson",
        "Proportions are given with the exact two-sided confidence interval of Clopper and Pearson (1934).";
    /// Wilson's score interval.
    Wilson = "wilson", Share, "Wilson",
        "Proportions are given with the score interval of Wilson (1927), without continuity correction.";
    /// Wilson's score interval with continuity correction.
    WilsonCorrected = "wilson-corrected", Share, "Wilson, corrected",
        "Proportions are given with the score interval of Wilson (1927) with continuity correction (Newcombe 1998).";
    /// Wald's interval.
    WaldProportion = "wald-proportion", Share, "Wald",
        "Proportions are given with Wald’s interval, cut at 0 and 1.";
    /// Agresti and Coull's interval.
    AgrestiCoull = "agresti-coull", Share, "Agresti–Coull",
        "Proportions are given with the interval of Agresti and Coull (1998).";
    /// Jeffreys' interval.
    Jeffreys = "jeffreys", Share, "Jeffreys",
        "Proportions are given with the equal-tailed interval of the posterior under Jeffreys’ prior, Beta(½, ½).";
    /// Mid-p interval.
    MidP = "mid-p", Share, "mid-p",
        "Proportions are given with the mid-p interval, which counts half the probability of the number observed.";
    /// Likelihood interval.
    LikelihoodProportion = "likelihood-proportion", Share, "likelihood",
        "Proportions are given with the interval of those that a likelihood-ratio test does not reject.";
    /// Score interval for a difference of proportions.
    MiettinenNurminen = "miettinen-nurminen", ShareDifference, "Miettinen–Nurminen",
        "Differences of proportions are given with the score interval of Miettinen and Nurminen (1985), with the variance \
         factor N/(N − 1).";
    /// Hybrid score interval for a difference of proportions.
    Newcombe = "newcombe", ShareDifference, "Newcombe",
        "Differences of proportions are given with the hybrid score interval of Newcombe (1998, method 10), without \
         continuity correction.";
    /// The same with continuity correction.
    NewcombeCorrected = "newcombe-corrected", ShareDifference, "Newcombe, corrected",
        "Differences of proportions are given with the hybrid score interval of Newcombe (1998, method 11), with \
         continuity correction.";
    /// Mee's score interval.
    Mee = "mee", ShareDifference, "Mee",
        "Differences of proportions are given with the score interval of Mee (1984): that of Miettinen and Nurminen without \
         the variance factor.";
    /// Wald's interval for a difference of proportions.
    WaldDifference = "wald-difference", ShareDifference, "Wald",
        "Differences of proportions are given with Wald’s interval.";
    /// Agresti and Caffo's interval for a difference of proportions.
    AgrestiCaffo = "agresti-caffo", ShareDifference, "Agresti–Caffo",
        "Differences of proportions are given with the interval of Agresti and Caffo (2000): Wald’s with one success and one \
         failure added to each arm.";
    /// Those to treat for one to benefit.
    NumberNeeded = "number-needed", ShareNumberNeeded, "number needed to treat",
        "The number needed to treat is the reciprocal of the difference of proportions, with the reciprocals of the limits of \
         the first method for the difference; where that interval holds zero, the numbers run through infinity (Altman 1998).";
    /// Ratio of proportions with its score interval.
    RiskRatio = "risk-ratio", ShareRatio, "score interval of the risk ratio",
        "Ratios of proportions are given with the score interval of Miettinen and Nurminen (1985), with the variance factor \
         N/(N − 1).";
    /// Ratio of proportions with Wald's interval.
    RiskRatioWald = "risk-ratio-wald", ShareRatio, "Wald interval of the risk ratio",
        "Ratios of proportions are given with Wald’s interval on the logarithmic scale.";
    /// Odds ratio with its exact conditional interval.
    OddsRatio = "odds-ratio", ShareRatio, "exact conditional interval of the odds ratio",
        "Odds ratios are conditional maximum-likelihood estimates with exact conditional intervals (Fisher’s noncentral \
         hypergeometric distribution).";
    /// Odds ratio with Wald's interval.
    OddsRatioWald = "odds-ratio-wald", ShareRatio, "Wald interval of the odds ratio",
        "Odds ratios are the cross-products with Wald’s interval on the logarithmic scale (Woolf 1955).";
    /// Odds ratio with its score interval.
    OddsRatioScore = "odds-ratio-score", ShareRatio, "score interval of the odds ratio",
        "Odds ratios are the cross-products with the score interval, with the variance factor N/(N − 1).";
    /// Fisher's exact test, in its Freeman–Halton form for more than two columns.
    Fisher = "fisher", ShareTest, "Fisher’s exact test",
        "Proportions are compared with Fisher’s exact test, two-sided: the sum of the probabilities of all tables with the \
         same margins that are no more probable than the one observed (Freeman and Halton 1951 for more than two columns).";
    /// Pearson's chi-square test without continuity correction.
    ChiSquare = "chi-square", ShareTest, "chi-square test",
        "Categories are compared with Pearson’s chi-square test without continuity correction; categories in which nobody \
         falls are left out.";
    /// Likelihood-ratio test.
    LikelihoodRatio = "likelihood-ratio", ShareTest, "likelihood-ratio test",
        "Proportions are compared with the likelihood-ratio chi-square test.";
    /// Boschloo's exact test.
    Boschloo = "boschloo", ShareTest, "Boschloo’s exact test",
        "Proportions are compared with Boschloo’s unconditional exact test (1970), its two-sided p-value twice the smaller \
         one-sided one, at most 1.";
    /// Barnard's exact test.
    Barnard = "barnard", ShareTest, "Barnard’s exact test",
        "Proportions are compared with Barnard’s unconditional exact test (1947) of the pooled score statistic, \
         two-sided.";
    /// Farrington and Manning's test of a margin.
    FarringtonManning = "farrington-manning", ShareMargin, "Farrington–Manning test",
        "Whether the difference of proportions is the margin shown is tested with the score test of Farrington and Manning \
         (1990); its statistic is above 0 where the difference is above the margin.";
    /// Cochran and Armitage's trend.
    CochranArmitage = "cochran-armitage", ShareTrend, "Cochran–Armitage trend",
        "The trend of proportions over the doses of the arms is tested as by Cochran (1954) and Armitage (1955).";
    /// Mantel and Haenszel's difference over strata.
    MantelHaenszel = "mantel-haenszel", ShareStrata, "Mantel–Haenszel difference",
        "Differences of proportions over strata are weighted as by Mantel and Haenszel, with the variance of Sato \
         (1989).";
    /// Mantel and Haenszel's difference with the binomial variances of the strata.
    CmhDifference = "cmh-difference", ShareStrata, "CMH-weighted difference",
        "Differences of proportions over strata are weighted as by Cochran, Mantel and Haenszel, with the binomial variances of \
         the strata.";
    /// Minimum-risk weights.
    MinimumRisk = "minimum-risk", ShareStrata, "minimum-risk difference",
        "Differences of proportions over strata are weighted for minimum risk (Mehrotra and Railkar 2000).";
    /// Miettinen and Nurminen's interval over strata.
    StratifiedMiettinenNurminen = "stratified-miettinen-nurminen", ShareStrata, "stratified Miettinen–Nurminen",
        "Differences of proportions over strata are given with the stratified score interval of Miettinen and Nurminen (1985), \
         weighted as by Cochran, Mantel and Haenszel.";
    /// Newcombe's interval over strata.
    StratifiedNewcombe = "stratified-newcombe", ShareStrata, "stratified Newcombe",
        "Differences of proportions over strata are given with the stratified hybrid score interval of Yan and Su \
         (2010).";
    /// Mantel and Haenszel's odds ratio.
    MantelHaenszelOddsRatio = "mantel-haenszel-odds-ratio", ShareStrata, "Mantel–Haenszel odds ratio",
        "Odds ratios over strata are those of Mantel and Haenszel, limits by the variance of Robins, Breslow and Greenland \
         (1986).";
    /// Mantel and Haenszel's risk ratio.
    MantelHaenszelRiskRatio = "mantel-haenszel-risk-ratio", ShareStrata, "Mantel–Haenszel risk ratio",
        "Ratios of proportions over strata are those of Mantel and Haenszel, limits by the variance of Greenland and Robins \
         (1985).";
    /// Cochran, Mantel and Haenszel's test.
    CochranMantelHaenszel = "cochran-mantel-haenszel", ShareStrata, "Cochran–Mantel–Haenszel test",
        "Proportions are compared over strata with the test of Cochran, Mantel and Haenszel, without continuity \
         correction.";
    /// Breslow and Day's test with Tarone's adjustment.
    BreslowDay = "breslow-day", ShareStrata, "Breslow–Day test",
        "Whether the odds ratio is the same in all strata is tested as by Breslow and Day (1980) with Tarone’s adjustment \
         (1985).";
    /// Logistic regression.
    Logistic = "logistic", ShareModel, "logistic regression",
        "Odds ratios adjusted for the covariates named are those of logistic regression by maximum likelihood, with Wald \
         limits and test.";
    /// Logistic regression with limits by the profile of the likelihood.
    LogisticProfile = "logistic-profile", ShareModel, "logistic regression, profile likelihood",
        "Odds ratios of logistic regression are given with limits by the profile of the likelihood and the \
         likelihood-ratio test of the arm.";
    /// Firth's logistic regression.
    FirthLogistic = "firth-logistic", ShareModel, "logistic regression, Firth’s penalty",
        "Odds ratios are those of Firth’s penalised logistic regression (Heinze and Schemper 2002), which are \
         finite where an arm has no response; limits and test by the profile of the penalised likelihood.";
    /// Standardised difference of risks.
    StandardisedDifference = "standardised-difference", ShareModel, "standardised difference",
        "The difference of proportions standardised to the covariates of the participants of the two arms \
         (g-computation) is that of the fitted risks of logistic regression with all of them in either arm, with \
         limits by the delta method.";
    /// Generalised estimating equations.
    Gee = "gee", ShareRepeated, "GEE",
        "Odds ratios at all visits together are those of generalised estimating equations (Liang and Zeger 1986) \
         with arm at each visit, exchangeable working correlation and robust standard errors; visits at which an \
         arm has none or only responders are left out.";
    /// Interval of a mean by the t distribution.
    TInterval = "t-interval", Mean, "t distribution",
        "Means by visit are given with intervals from the t distribution, each visit by itself.";
    /// Paired t test.
    PairedT = "paired-t", Within, "paired t test",
        "The change within an arm is tested with the paired t test, its mean given with the limits of the t \
         distribution.";
    /// Wilcoxon's signed-rank test.
    SignedRank = "signed-rank", Within, "signed-rank test",
        "The change within an arm is tested with Wilcoxon’s signed-rank test, zero changes left out: exact with \
         ties, and beyond 1,000 changes the normal approximation with continuity correction.";
    /// Sign test.
    Sign = "sign", Within, "sign test",
        "The change within an arm is tested with the sign test, exact, zero changes left out.";
    /// Two-sample t test.
    TTest = "t-test", Change, "t test",
        "Mean changes are compared with Student’s t test for equal variances.";
    /// Welch's test.
    Welch = "welch", Change, "Welch test",
        "Mean changes are compared with Welch’s test for unequal variances (1947), degrees of freedom by \
         Satterthwaite.";
    /// Wilcoxon's rank-sum test.
    Wilcoxon = "wilcoxon", Change, "Wilcoxon rank-sum test",
        "Changes are compared with Wilcoxon’s rank-sum test: the exact permutation distribution of the midranks, \
         two-sided; the normal approximation with ties and continuity correction where that is too large.";
    /// Wilcoxon's rank-sum test with the worst rank for those with an intercurrent event.
    WilcoxonWorstRank = "wilcoxon-worst-rank", Change, "Wilcoxon rank-sum test, worst rank",
        "As a composite strategy, participants with the intercurrent events named share the worst rank in \
         Wilcoxon’s rank-sum test, exact where it can be; those without value and without event are left out.";
    /// Hodges and Lehmann's difference.
    HodgesLehmann = "hodges-lehmann", Change, "Hodges–Lehmann",
        "The difference of locations is the median of all pairwise differences (Hodges and Lehmann 1963), with \
         Moses’ limits.";
    /// Quade's analysis of covariance of ranks.
    RankAncova = "rank-ancova", Change, "rank analysis of covariance",
        "The ranks of the changes are compared after regression on the ranks of the baseline (Quade 1967).";
    /// Van Elteren's stratified rank-sum test.
    VanElteren = "van-elteren", Change, "van Elteren test",
        "Changes are compared within strata with the rank-sum test of van Elteren (1960).";
    /// Permutation test of a difference in means.
    Permutation = "permutation", Change, "permutation test",
        "Mean changes are compared with the two-sided permutation test over all allocations of the participants to \
         the two arms, or over a sample of them where they are too many.";
    /// Dunnett's comparisons with the reference.
    Dunnett = "dunnett", Change, "Dunnett’s test",
        "Mean changes are compared with the reference by Dunnett’s test (1955), whose p-values hold for all arms \
         together.";
    /// Kruskal and Wallis' test.
    KruskalWallis = "kruskal-wallis", ChangeOfAll, "Kruskal–Wallis test",
        "Changes of all arms are compared with the test of Kruskal and Wallis (1952), corrected for ties.";
    /// Jonckheere and Terpstra's test.
    Jonckheere = "jonckheere", ChangeOfAll, "Jonckheere–Terpstra test",
        "The trend of the changes over the arms in the order of their doses is tested as by Terpstra (1952) and Jonckheere \
         (1954), corrected for ties.";
    /// Model of repeated measurements.
    Mmrm = "mmrm", Repeated, "MMRM",
        "Changes at all visits together are analysed by a linear model for repeated measurements (restricted maximum \
         likelihood) with arm, visit and their interaction, and baseline and its interaction with visit; missing changes are \
         taken as missing at random. The covariances of the visits are the first of the declared sequence that converges; \
         least-squares means are at the mean baseline.";
    /// Multiple imputation under missing at random.
    MultipleImputation = "multiple-imputation", Imputed, "multiple imputation (MAR)",
        "Missing changes are imputed several times, each completed set is analysed by analysis of covariance, and \
         the results are pooled by Rubin’s rules with the degrees of freedom of Barnard and Rubin (1999): missing \
         at random, from the visits of the participant’s own arm.";
    /// Jump to reference.
    JumpToReference = "jump-to-reference", Imputed, "jump to reference",
        "Missing changes are imputed several times, each completed set is analysed by analysis of covariance, and \
         the results are pooled by Rubin’s rules with the degrees of freedom of Barnard and Rubin (1999): after the \
         last value observed as in the reference arm (jump to reference; Carpenter, Roger and Kenward 2013).";
    /// Copy reference.
    CopyReference = "copy-reference", Imputed, "copy reference",
        "Missing changes are imputed several times, each completed set is analysed by analysis of covariance, and \
         the results are pooled by Rubin’s rules with the degrees of freedom of Barnard and Rubin (1999): as if the \
         participant had been in the reference arm throughout (copy reference; Carpenter, Roger and Kenward 2013).";
    /// Copy increments in reference.
    CopyIncrements = "copy-increments", Imputed, "copy increments in reference",
        "Missing changes are imputed several times, each completed set is analysed by analysis of covariance, and \
         the results are pooled by Rubin’s rules with the degrees of freedom of Barnard and Rubin (1999): after the \
         last value observed with the increments of the reference arm (copy increments in reference; Carpenter, \
         Roger and Kenward 2013).";
    /// Delta adjustment.
    DeltaAdjusted = "delta-adjusted", Imputed, "delta-adjusted",
        "Missing changes are imputed several times, each completed set is analysed by analysis of covariance, and \
         the results are pooled by Rubin’s rules with the degrees of freedom of Barnard and Rubin (1999): missing \
         at random, and then made worse by a growing amount outside the reference arm (a tipping-point analysis).";
    /// Cumulative incidence with competing events.
    AalenJohansen = "aalen-johansen", Curve, "Aalen–Johansen",
        "The probability of the event over time is the cumulative incidence of Aalen and Johansen (1978), with the competing \
         events named; intervals on the log(−log) scale.";
    /// Kaplan and Meier's estimate.
    KaplanMeier = "kaplan-meier", Curve, "Kaplan–Meier",
        "Probabilities without event, medians and quartiles of time are those of the Kaplan–Meier estimate, with Greenwood’s \
         variance and Brookmeyer and Crowley’s limits.";
    /// Cumulative hazard of Nelson and Aalen.
    NelsonAalen = "nelson-aalen", Curve, "Nelson–Aalen",
        "The cumulative hazard is that of Nelson (1972) and Aalen (1978), intervals on the logarithmic scale.";
    /// Turnbull's estimate for interval-censored times.
    Turnbull = "turnbull", Curve, "Turnbull",
        "As a sensitivity analysis, events are taken as known to lie between two visits of the schedule, each by \
         the end of its window: the maximum-likelihood estimate of Turnbull (1976), competing events as censoring.";
    /// Restricted mean time.
    RestrictedMean = "restricted-mean", MeanTime, "restricted mean time",
        "The restricted mean time without event is the area under the Kaplan–Meier estimate up to the last day on which the \
         curves of all arms are known; arms are compared by its difference and its ratio.";
    /// Difference of survival at fixed times.
    SurvivalDifference = "survival-difference", CurveContrast, "difference of survival",
        "Differences of Kaplan–Meier estimates at fixed times have Wald limits with Greenwood’s variances.";
    /// Milestone test.
    Milestone = "milestone", CurveContrast, "milestone test",
        "Survival at fixed times is compared on the log(−log) scale (Klein and others 2007).";
    /// The log-rank test.
    LogRank = "log-rank", TimeTest, "log-rank test",
        "Times are compared with the log-rank test.";
    /// Log-rank test over strata.
    StratifiedLogRank = "stratified-log-rank", TimeTest, "stratified log-rank test",
        "Times are compared with the log-rank test over the strata named.";
    /// Gehan's test.
    Gehan = "gehan", TimeTest, "Gehan test",
        "Times are compared with Gehan’s generalised Wilcoxon test (1965): weights are the numbers at risk.";
    /// Tarone and Ware's test.
    TaroneWare = "tarone-ware", TimeTest, "Tarone–Ware test",
        "Times are compared with the test of Tarone and Ware (1977): weights are the roots of the numbers at risk.";
    /// Peto and Peto's test.
    PetoPeto = "peto-peto", TimeTest, "Peto–Peto test",
        "Times are compared with the test of Peto and Peto (1972): weights are the pooled survival with factors 1 − \
         d/(n + 1).";
    /// Fleming and Harrington's test for late differences.
    FlemingHarrington = "fleming-harrington", TimeTest, "Fleming–Harrington test (0, 1)",
        "Times are compared with the test of Fleming and Harrington (1991) for late differences (ρ = 0, γ = 1).";
    /// Trend over the doses of all arms.
    LogRankTrend = "log-rank-trend", TimeTrend, "log-rank trend test",
        "The trend of hazards over the doses of the arms is tested with the log-rank trend test.";
    /// Permutation log-rank test.
    PermutationLogRank = "permutation-log-rank", TimeTest, "permutation log-rank test",
        "The log-rank statistic is compared with its distribution over the allocations of the participants to the \
         two arms: all of them, or a sample where they are too many.";
    /// Test of proportional hazards.
    ProportionalHazards = "proportional-hazards", TimeTest, "test of proportional hazards",
        "Whether the hazard ratio of Cox’s model is the same at all times is tested with the score test of an effect of the arm \
         times the Kaplan–Meier share (Grambsch and Therneau 1994).";
    /// Gray's test.
    Gray = "gray", TimeTest, "Gray’s test",
        "Cumulative incidences are compared with Gray’s test (1988), ρ = 0.";
    /// Cox's proportional hazards model with Efron's handling of ties.
    Cox = "cox", Hazard, "Cox model",
        "Hazard ratios are those of Cox’s model with the arm as only covariate, ties by Efron’s method, with Wald \
         limits.";
    /// The same with limits by the profile of the likelihood.
    CoxProfile = "cox-profile", Hazard, "Cox model, profile likelihood",
        "Hazard ratios of Cox’s model (ties by Efron’s method) are given with limits by the profile of the partial \
         likelihood.";
    /// Cox's model with Breslow's handling of ties.
    CoxBreslow = "cox-breslow", Hazard, "Cox model, Breslow’s ties",
        "Hazard ratios of Cox’s model are given with ties by Breslow’s method, Wald limits.";
    /// Cox's model for discrete times.
    CoxDiscrete = "cox-discrete", Hazard, "Cox model, discrete times",
        "Odds ratios of the event among those at risk are those of Cox’s exact partial likelihood for discrete \
         times, Wald limits.";
    /// Cox's model over strata.
    CoxStratified = "cox-stratified", Hazard, "Cox model over strata",
        "Hazard ratios of Cox’s model are given with a baseline hazard of its own for each stratum, ties by Efron’s \
         method, Wald limits.";
    /// Cox's model with Firth's penalty.
    FirthCox = "firth-cox", Hazard, "Cox model, Firth’s penalty",
        "Hazard ratios are those of Cox’s model with Firth’s penalised likelihood (Heinze and Schemper 2001), which \
         are finite where an arm has no event; limits and p-value by the profile of the penalised likelihood.";
    /// Fine and Gray's regression.
    FineGray = "fine-gray", Hazard, "Fine–Gray model",
        "Ratios of subdistribution hazards are those of Fine and Gray (1999), which speak of the cumulative \
         incidence with competing events; Wald limits with robust standard errors.";
    /// Proportional hazards in grouped time.
    GroupedHazards = "grouped-hazards", Hazard, "grouped time",
        "Because the event can be seen only at visits, hazard ratios are also estimated in grouped time: complementary log-log \
         regression with one intercept a visit (Prentice and Gloeckler 1978), Wald limits.";
    /// Subjects with a first record per time at risk before it.
    SubjectRate = "subject-rate", Rate, "subjects per time at risk",
        "Exposure-adjusted incidence rates are the participants with at least one event, per 100 years at risk up to the first, \
         with the exact Poisson interval of Garwood (1936).";
    /// Records per time at risk.
    RecordRate = "record-rate", Rate, "records per time at risk",
        "Exposure-adjusted event rates are all events per 100 years at risk, with the exact Poisson interval of Garwood (1936), \
         which takes events of one participant as independent.";
    /// Score limits of the rate of subjects.
    RateScore = "rate-score", Rate, "score interval of the rate",
        "Exposure-adjusted incidence rates are also given with the score interval.";
    /// Mid-p limits of the rate of subjects.
    RateMidP = "rate-mid-p", Rate, "mid-p interval of the rate",
        "Exposure-adjusted incidence rates are also given with the mid-p interval.";
    /// Ratio of the rates of subjects.
    RateRatio = "rate-ratio", RateContrast, "exact rate ratio",
        "Ratios of exposure-adjusted incidence rates are given with the exact conditional interval.";
    /// The same with score limits.
    RateRatioScore = "rate-ratio-score", RateContrast, "score interval of the rate ratio",
        "Ratios of exposure-adjusted incidence rates are given with the conditional score interval.";
    /// The same with mid-p limits.
    RateRatioMidP = "rate-ratio-mid-p", RateContrast, "mid-p interval of the rate ratio",
        "Ratios of exposure-adjusted incidence rates are given with the conditional mid-p interval.";
    /// Ratio of the rates of subjects over strata.
    StratifiedRateRatio = "stratified-rate-ratio", RateContrast, "Mantel–Haenszel rate ratio",
        "Ratios of exposure-adjusted incidence rates over strata are weighted as by Mantel and Haenszel (Greenland and Robins \
         1985).";
    /// Difference of the rates of subjects over strata.
    StratifiedRateDifference = "stratified-rate-difference", RateContrast, "Mantel–Haenszel rate difference",
        "Differences of exposure-adjusted incidence rates over strata, per 100 years, are weighted as by Mantel and Haenszel \
         (Greenland and Robins 1985).";
    /// Difference of the rates of subjects.
    RateDifference = "rate-difference", RateContrast, "score interval of the rate difference",
        "Differences of exposure-adjusted incidence rates, per 100 years, are given with the score interval of Miettinen and \
         Nurminen (1985).";
    /// Poisson regression of the number of records.
    Poisson = "poisson", RateContrast, "Poisson regression",
        "Ratios of exposure-adjusted event rates are those of Poisson regression of the number of events with the time at risk \
         as offset, with robust standard errors.";
    /// Negative binomial regression of the number of records.
    NegativeBinomial = "negative-binomial", RateContrast, "negative binomial regression",
        "Ratios of exposure-adjusted event rates are those of negative binomial regression of the number of events \
         with the time at risk as offset, by maximum likelihood; standard errors take the dispersion as known.";
    /// Ratio of the mean numbers of events.
    RecurrentRatio = "recurrent-ratio", RateContrast, "ratio of mean numbers of events",
        "Ratios of mean numbers of events, which may come again, are those of Lin, Wei, Yang and Ying (2000): Cox regression \
         of all events, with standard errors that hold however those of a participant hang together; events of one \
         participant on the same day count once.";
    /// One-way analysis of variance.
    Anova = "anova", Own, "analysis of variance",
        "Means are compared with the F test of a one-way analysis of variance.";
    /// `McNemar`'s test.
    Mcnemar = "mcnemar", Own, "McNemar’s test",
        "Whether as many participants of an arm moved one way as the other between two levels is tested with McNemar’s test, \
         exact by the binomial distribution.";
    /// Cohen's kappa.
    Kappa = "kappa", Own, "Cohen’s kappa",
        "The agreement of two assessments of the participants of an arm is Cohen’s kappa (1960), unweighted, with limits by the \
         variance of Fleiss, Cohen and Everitt (1969).";
    /// Mean scores of an ordered category.
    CmhRowMeans = "cmh-row-means", Own, "test of mean scores",
        "Ordered categories are compared by their mean scores 1, 2, 3 …, with the statistic of Cochran, Mantel and \
         Haenszel.";
    /// Correlation of an ordered category with the dose.
    CmhCorrelation = "cmh-correlation", Own, "test of correlation with dose",
        "The correlation of ordered categories, scored 1, 2, 3 …, with the doses of the arms is tested with the statistic of \
         Mantel (1963).";
    /// Analysis of covariance.
    Ancova = "ancova", Change, "analysis of covariance",
        "Continuous outcomes are compared by analysis of covariance with the factors and covariates listed under the table. \
         Least-squares means weight the levels of a factor equally (or as observed, where the table says so) and set \
         covariates to their mean; intervals and p-values use the t distribution.";
    /// The same with standard errors that hold for unequal variances.
    AncovaHc3 = "ancova-hc3", Change, "analysis of covariance, HC3",
        "As a sensitivity analysis, the difference of an analysis of covariance of the change, with arm and \
         baseline, is given with standard errors that hold for unequal variances (HC3; MacKinnon and White 1985).";
    /// Analysis of covariance with the dose as a number.
    AncovaTrend = "ancova-trend", Own, "dose response",
        "The dose response is tested in the analysis of covariance with the arm replaced by its dose as a number.";
    /// Mean cumulative function.
    MeanCumulative = "mean-cumulative", Recurrence, "mean cumulative function",
        "The mean number of records of a participant over the time at risk is the mean cumulative function (Nelson 1988), with \
         limits from the variance of Lawless and Nadeau (1995), symmetric for the logarithm; who has left, or is not followed \
         longer, is no longer at risk.";
    /// Projection of accrual.
    Projection = "projection", Own, "projection at the rate so far",
        "The day of the last planned participant, and the number of participants on days to come, are projected at the rate \
         so far, with prediction limits that hold whatever the true rate if that stays as it is: those of a Poisson process, \
         by the exact distribution of the share of events before and after a day (Nelson 1982).";
    /// Group-sequential design.
    GroupSequential = "group-sequential", Own, "group-sequential design",
        "The bounds of the group-sequential design are on the scale of Z and keep the error of all looks together (Armitage, \
         McPherson and Rowe 1969; Lan and DeMets 1983 where an error is spent); probabilities to stop are computed by recursive \
         integration.";
    /// Conditional power.
    ConditionalPower = "conditional-power", Own, "conditional power",
        "Conditional power is the probability that Z at the end exceeds the critical value shown, given Z at the look \
         (B-values of Lan and Wittes 1988), with the effect of the design, the current trend, or no effect from then on.";
    /// Predictive power.
    PredictivePower = "predictive-power", Own, "predictive power",
        "Predictive power is conditional power averaged over the posterior distribution of the effect with the prior shown \
         (Spiegelhalter, Freedman and Blackburn 1986).";
    /// Repeated confidence interval.
    RepeatedInterval = "repeated-interval", Own, "repeated confidence interval",
        "Repeated confidence intervals hold at all looks together (Jennison and Turnbull 1984): those of the method at the \
         nominal level of the bound, and the estimate ∓ the bound times its standard error.";
    /// Stage-wise ordering.
    StagewiseOrdering = "stagewise-ordering", Own, "stage-wise ordering",
        "After a stop the p-value, the median-unbiased estimate and its limits are those of the stage-wise ordering of Tsiatis, \
         Rosner and Mehta (1984), in which any earlier stop for efficacy is more extreme.";
    /// Exact binomial rule for safety.
    BinomialRule = "binomial-rule", Own, "exact binomial boundary",
        "The boundary of a binomial safety rule is the fewest events whose exact binomial tail at the acceptable rate is at \
         most the error shown, for the participants so far by themselves.";
    /// Bayesian rule for safety.
    PosteriorRule = "posterior-rule", Own, "posterior probability of the rate",
        "The boundary of a Bayesian safety rule is the fewest events at which the posterior probability that the rate exceeds \
         the acceptable one is above the value shown, with a beta prior.";
    /// Continuous monitoring of toxicity.
    ToxicityRule = "toxicity-rule", Own, "Pocock-type boundary",
        "The boundary of continuous monitoring for safety has the same nominal exact binomial level after every participant, the \
         largest that keeps the probability ever to reach it (Ivanova, Qaqish and Schell 2005).";
    /// Bonferroni's adjustment.
    Bonferroni = "bonferroni", Adjustment, "Bonferroni",
        "p-values of a family are adjusted by Bonferroni’s inequality.";
    /// Holm's adjustment.
    Holm = "holm", Adjustment, "Holm",
        "p-values of a family are adjusted step-down as by Holm (1979).";
    /// Hochberg's adjustment.
    Hochberg = "hochberg", Adjustment, "Hochberg",
        "p-values of a family are adjusted step-up as by Hochberg (1988), which assumes that they are not \
         negatively dependent.";
    /// Hommel's adjustment.
    Hommel = "hommel", Adjustment, "Hommel",
        "p-values of a family are adjusted as by Hommel (1988), which assumes that they are not negatively dependent.";
    /// Fixed sequence.
    FixedSequence = "fixed-sequence", Adjustment, "fixed sequence",
        "Hypotheses of a family are tested in the fixed order given, each only if all before it are rejected.";
    /// Fall-back procedure.
    FallBack = "fall-back", Adjustment, "fall-back procedure",
        "Hypotheses of a family are tested by the fall-back procedure of Wiens (2003) with the weights given.";
    /// Graphical procedure.
    Graphical = "graphical", Adjustment, "graphical procedure",
        "Hypotheses of a family are tested by the graphical procedure of Bretz and others (2009) with the weights and \
         transitions given.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_files_are_the_names_of_the_catalogue() {
        for method in Method::ALL {
            assert_eq!(serde_json::to_value(method).ok(), Some(serde_json::Value::from(method.name())));
            assert_eq!(Method::named(method.name()), Some(*method));
        }
    }

    #[test]
    fn sentences_are_sentences() {
        for method in Method::ALL {
            let sentence = method.sentence();
            assert!(sentence.ends_with('.') && !sentence.contains("  "), "{}: {sentence}", method.name());
        }
    }
}
