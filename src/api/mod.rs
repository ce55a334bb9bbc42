//! LEAF: the REST client of Tableau Server and Tableau Cloud.
