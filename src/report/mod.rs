//! What leaves the program for a reader: the report.
