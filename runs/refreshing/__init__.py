"""A refresh: from what changed upstream to the work that has to be done again, and to a new data set."""
