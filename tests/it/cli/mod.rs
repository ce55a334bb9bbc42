//! The command, run as a user runs it.

mod check;
mod deploy;
mod usage;
mod wrong;
