//! The vendor's own clients against the sandbox: what they can do with a real site, they can do with ours. And a
//! browser on its pages.

mod browser;
mod clients;
mod pages;
mod pre_commit;
mod python;
mod reports;
mod sarif;
