"""The HTTP interface: resources as JSON, errors as problems."""
