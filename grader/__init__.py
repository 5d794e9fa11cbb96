"""The service that people and platforms talk to: HTTP, pages, command line, store."""
