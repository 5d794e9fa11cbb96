"""Speed, as ratios against named baselines in the same run; nothing here is a test."""
