"""What is drawn: figures made by the grader from samples, never by student code."""
