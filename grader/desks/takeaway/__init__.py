"""What is taken away as an archive: a course, a class's results, all that is held of a student."""
