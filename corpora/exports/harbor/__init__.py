"""The parts of a Harbor task: the image it begins in, the grader it ends in, and the repository between them."""
