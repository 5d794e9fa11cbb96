"""Identity: who people are, how they sign in, and what programs act by."""
