"""What the minutes can be written as: one module a format, each with one `write(paper)`."""
