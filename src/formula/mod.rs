//! LEAF: the calculation language.
