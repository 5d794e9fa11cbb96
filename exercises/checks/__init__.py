"""One file, one check: each asks the oracle and returns one finding."""
