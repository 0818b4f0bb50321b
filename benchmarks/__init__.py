"""What must be fast, measured; `make bench` prints it as one table."""
