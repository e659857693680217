"""Pages to look at: a data set as a folder of static files that need neither server nor network."""
