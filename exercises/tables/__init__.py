"""Tables of an exercise, built off line from its reference: target laws, held-out points."""
