"""What other programs read: data sets written in their formats, each a class in `formats/`.

An `Export` is handed traces and writes a file or a folder; that nothing half-written is ever seen, that
nothing of a user's is overwritten, and that everything left out is counted, is done once, for all of them.
"""
