//! The cut-off of the studies of the fixtures.
