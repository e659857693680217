"""Pages to look at: a data set as a folder of static pages that open from a file, without server or network."""
