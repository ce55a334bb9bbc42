//! SINK: how results look, one file a format.
