"""What the minutes can be read from: one module a format, each with one `read(file)`."""
