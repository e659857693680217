"""Looking for what gives a task's answer away, in every layer of its image and in what a solver is told."""
