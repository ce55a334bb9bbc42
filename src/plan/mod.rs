//! Desired state and live state in, a plan out. Pure.
