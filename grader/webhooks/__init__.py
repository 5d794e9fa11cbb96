"""Webhooks: what is told to other programs, how it is signed, and where it may be sent."""
