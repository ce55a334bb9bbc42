//! An embedded Tableau-compatible site.
