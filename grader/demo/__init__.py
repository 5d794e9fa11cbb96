"""The large demo: courses full of work that is really graded; planned, written, graded, served."""
