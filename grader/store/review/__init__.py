"""Reviews: what staff and students say of a grade, and the points that staff give instead."""
