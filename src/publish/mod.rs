//! Carries out a plan.

pub mod event;
pub mod journal;
pub mod outcome;
