"""Quizzes: the bank of questions, what a student is asked, and how answers are marked."""
