"""The store: submissions, their attempts and their files; the one truth of the service."""
