"""How an answer is called, read and judged, whatever the question."""
