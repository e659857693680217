"""The commands of `rpsdg`: each reads its arguments, calls the rooms, prints; none implements anything."""
