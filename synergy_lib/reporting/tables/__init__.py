"""Tables of the reports: frames in, formatted rows out."""
