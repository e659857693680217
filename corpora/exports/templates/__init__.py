"""Texts of the packages that exports make; words between at signs are filled in."""
