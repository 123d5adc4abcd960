"""The question that is judged by what an answer does: the exercise that the book began with."""
