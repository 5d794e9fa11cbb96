"""Anonymity: a course without the people who took it."""
