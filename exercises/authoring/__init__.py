"""For authors of exercises: what can be said of an exercise without running student code."""
