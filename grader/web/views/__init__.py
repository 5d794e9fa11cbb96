"""The views: each asks the desk, as the API does, and fills a template."""
