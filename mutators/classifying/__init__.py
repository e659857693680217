"""What kind of change a bug is, told from the two versions of a program alone."""
