"""The commands of who runs a server: courses, people, and the links that let them in."""
