"""What is read to be taken away: submissions in portions, and all that is held of a person."""
