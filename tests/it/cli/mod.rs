//! The command, run as a user runs it.

mod check;
mod deploy;
mod diff;
mod doctor;
mod fix;
mod init;
mod online;
mod review;
mod usage;
mod wrong;
