"""What keeps the notebooks of the book reproducible: refresh, lint, serve."""
