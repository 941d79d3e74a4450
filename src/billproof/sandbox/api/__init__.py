"""The API's door: from an HTTP call to an operation, and its answer back."""
