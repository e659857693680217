"""The parts of a Harbor task: the image it begins in, and the grader it ends in."""
