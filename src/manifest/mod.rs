//! `tabship.yml`: as written, and as checked.
