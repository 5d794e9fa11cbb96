"""Replay: what a finding rests on as numbers, and as Python that shows it once more."""
