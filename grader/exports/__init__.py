"""Exports: reports and grades in the forms that other programs read."""
