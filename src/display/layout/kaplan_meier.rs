use crate::display::assemble::Assembly;
use crate::display::layout::Laid;
use crate::spec::safety_figure::KaplanMeierLayout;
pub(super) fn plot(_layout: &KaplanMeierLayout, _assembly: &mut Assembly<'_>) -> Option<Laid> {
    None
}
