"""What openapi.yaml says, as Python: models and the table of operations are generated."""
