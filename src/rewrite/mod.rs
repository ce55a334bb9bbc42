//! Manifest rewrites to byte edits of a document, counted. Pure.
