"""What is done to solve them."""
