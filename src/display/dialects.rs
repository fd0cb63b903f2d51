//! What differs between programs, named: how numbers are rounded, which quantile a median is, whose limits an interval has.

use crate::results::{Method, Provenance, Results};
use crate::spec::Study;
use crate::spec::design::{Quantiles, Rounding};
use crate::spec::method::Limits;

/// How numbers are described, with the definition of quantiles.
pub(super) fn description(study: &Study) -> String {
    let quantiles = match study.study.quantiles {
        Quantiles::AveragedSteps => {
            "by the empirical distribution, averaged where they fall between two values (SAS definition 5, R type 2)"
        }
        Quantiles::Linear => "by linear interpolation between the ordered values (R type 7)",
        Quantiles::Steps => "by the empirical distribution (SAS definition 3, R type 1)",
        Quantiles::Nearest => "the nearest value, the one with an even number of two (SAS definition 2, R type 3)",
        Quantiles::InterpolatedSteps => "by interpolation of the empirical distribution (SAS definition 1, R type 4)",
        Quantiles::Hazen => "by interpolation of the empirical distribution with halved steps (R type 5)",
        Quantiles::Weibull => "by interpolation of expected positions (SAS definition 4, R type 6)",
        Quantiles::MedianUnbiased => "by interpolation, about median-unbiased (R type 8)",
        Quantiles::NormalUnbiased => "by interpolation, about unbiased for a normal distribution (R type 9)",
    };
    format!(
        "Numbers are described by mean, standard deviation (divisor n − 1), median and quartiles ({quantiles}), smallest \
         and largest value."
    )
}

/// Definitions of estimates and limits of times, as far as they are used.
pub(super) fn of_times(study: &Study, results: &Results) -> Option<String> {
    let used = |method: Method| results.rows.iter().any(|row| row.key.method == Some(method));
    let times = study.endpoint.iter().filter_map(|endpoint| endpoint.time.as_ref()).map(|time| time.limits);
    let known = study.endpoint.iter().filter_map(|endpoint| endpoint.survival.as_ref()).map(|own| own.limits);
    let mut scales: Vec<&str> = times.chain(known).map(Limits::label).collect();
    scales.dedup();
    used(Method::KaplanMeier).then(|| {
        format!(
            "A quantile of time is the first day on which the curve has fallen to its height; where the curve runs level at \
             just that height, the middle between that day and the first one below (as R’s survival package). Its limits are \
             those days for the limits of the curve, which are symmetric on the {} scale.",
            scales.join(" or ")
        )
    })
}

/// How numbers are rounded, and by what program they were made.
pub(super) fn numbers(study: &Study, provenance: &Provenance) -> String {
    let rule = match study.study.rounding {
        Rounding::HalfAwayFromZero => "half away from zero (0.25 is 0.3, −0.25 is −0.3)",
        Rounding::HalfEven => "half to even (0.25 is 0.2, 0.35 is 0.4)",
    };
    format!(
        "Numbers are rounded {rule} on their decimal digits; percentages are rounded from the two counts. All results were \
         computed by {}; each number of this report is a row of the results delivered with it, and can be traced to its rule \
         and its data.",
        provenance.program
    )
}
