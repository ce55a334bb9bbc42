//! LEAF: what is said about content: level, place, finding.
