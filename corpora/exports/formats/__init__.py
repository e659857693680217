"""The formats: one or a few akin a module. The folder is the registry; nothing is listed by hand."""
