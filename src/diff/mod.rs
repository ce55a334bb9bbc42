//! Two documents in, what changed in words out. Pure.
