"""What people do instead."""
