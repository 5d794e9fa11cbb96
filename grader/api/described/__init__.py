"""The description of the API (OpenAPI 3.1), made from the code that it describes."""
