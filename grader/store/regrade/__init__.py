"""Regrades: submissions graded again on trial, compared, and made the grade or not."""
