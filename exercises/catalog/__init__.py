"""Exercises as folders of files: reading them, their versions, and what students may have."""
