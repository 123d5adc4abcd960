"""A quick, repeatable Hypothesis for all tests."""

from hypothesis import settings

settings.register_profile("book", derandomize=True, deadline=None, max_examples=25, database=None)
settings.load_profile("book")
