"""What a rule knows of a program's text: names, types, control flow, and how to take a piece out cleanly."""
