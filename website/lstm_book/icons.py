"""The icons in use: the only ones kept in the theme's style sheet and in the font.

The theme brings 2,000 icons: a font of 156 kB and 20 kB of rules. `python -m lstm_book.icons`
(in website/, with fonttools and brotli) makes the font anew after a change of this list or of the
theme.
"""

import re
from pathlib import Path

# Font Awesome's names, without "fa-": buttons of header and sidebar, previous and next, search.
NAMES = {
    "angle-left",
    "angle-right",
    "bars",
    "chevron-down",
    "circle-half-stroke",
    "download",
    "list",
    "magnifying-glass",
    "moon",
    "sun",
}

STYLES = "styles/pydata-sphinx-theme.css"
FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"

CODES = Path(__file__).parents[1] / "icons.txt"

NAMED_RULE = re.compile(r'((?:\.fa-[\w-]+:{1,2}before,?)+)\{content:"([^"]*)"\}')


def rule_names(selectors):
    return set(re.findall(r"\.fa-([\w-]+?):", selectors))


def without_unused(css):
    """The style sheet without the rules of icons that are not in the list."""
    return NAMED_RULE.sub(lambda rule: rule[0] if rule_names(rule[1]) & NAMES else "", css)


def code_points(css):
    """What the font must hold: the named icons, and those before the titles of admonitions."""
    kept = without_unused(css)
    escapes = {int(code, 16) for code in re.findall(r"\\([0-9a-f]{4})", kept)}
    return escapes | {ord(letter) for letter in kept if 0xE000 <= ord(letter) <= 0xF8FF}


def listed_code_points():
    """What the font holds, by the list written beside it."""
    return {int(line, 16) for line in CODES.read_text(encoding="utf-8").split()}


def trim_styles(app, exception):
    """Sphinx copies the theme's files on every build, so this works on a fresh copy."""
    path = Path(app.outdir, "_static", STYLES)
    if exception is None and app.builder.format == "html":
        path.write_text(without_unused(path.read_text(encoding="utf-8")), encoding="utf-8")


def make_font():
    """Write a subset of the theme's font into website/static, where it replaces the whole one."""
    import pydata_sphinx_theme
    import sphinx_book_theme
    from fontTools import subset

    pydata = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
    book = Path(sphinx_book_theme.__file__).parent / "theme/sphinx_book_theme/static"
    css = (pydata / STYLES).read_text(encoding="utf-8")
    css += (book / "styles/sphinx-book-theme.css").read_text(encoding="utf-8")
    target = Path(__file__).parents[1] / "static" / FONT
    target.parent.mkdir(parents=True, exist_ok=True)
    codes = [f"{code:04x}" for code in sorted(code_points(css))]
    CODES.write_text("\n".join(codes) + "\n", encoding="utf-8")
    options = [f"--unicodes={','.join(codes)}", "--flavor=woff2", f"--output-file={target}"]
    subset.main([str(pydata / FONT), *options])


def setup(app):
    app.connect("build-finished", trim_styles)


if __name__ == "__main__":
    make_font()
