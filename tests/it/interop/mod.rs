//! The vendor's own clients against the sandbox: what they can do with a real site, they can do with ours.

mod clients;
mod python;
