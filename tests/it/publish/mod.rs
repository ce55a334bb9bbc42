//! The publisher, end to end: the command against a sandbox that the test can look at and make fail.

mod allowances;
mod connections;
mod counts;
mod direct;
mod doctor;
mod interrupted;
mod lessons;
mod locks;
mod order;
mod previews;
mod projects;
mod promotions;
mod prune;
mod secrets;
pub(crate) mod served;
mod sessions;
mod settings;
mod several;
mod uploads;
mod verify;
