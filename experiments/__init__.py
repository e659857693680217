"""Does it teach? Experiments on the data, each a package of its own, and the page of what came of them."""
