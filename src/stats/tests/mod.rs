//! What must hold of the statistics whatever the data are.

mod shuffles;
