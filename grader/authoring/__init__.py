"""For authors of exercises: whether they can be solved, and how well they tell right from wrong."""
