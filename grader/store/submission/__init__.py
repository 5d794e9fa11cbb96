"""Submissions: what was handed in, how far it is, and what somebody sees of it."""
