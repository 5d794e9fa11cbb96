"""The command line against a server: `grader login`, `grader submit`, `grader export`."""
