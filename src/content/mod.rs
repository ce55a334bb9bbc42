//! LEAF: packages and documents.
