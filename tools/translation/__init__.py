"""The catalogues of the Chinese edition: made from the sources, filled by translators, checked.

``python -m tools.translation update`` makes them follow the sources, ``check`` says what is
missing or wrong, ``count`` how much there is. `locale/README.md` says how to translate.
"""
