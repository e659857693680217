"""Looking for what gives a task's answer away: in its image, every layer of it, and in what a solver is told."""
