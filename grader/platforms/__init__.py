"""Other platforms' autograders: packages that run this judge where another platform grades."""
