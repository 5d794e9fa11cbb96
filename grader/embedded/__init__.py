"""The whole service on one machine with one command: the programs of production, supervised."""
