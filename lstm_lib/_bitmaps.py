"""Charts as bitmaps, in letters that Matplotlib's own font lacks.

The text of an SVG is drawn by the reader's browser, in the reader's fonts. A bitmap is drawn here:
for Chinese words a font of this machine is needed beside Matplotlib's.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lstm_lib._extras import missing
from lstm_lib.language import spoken, words

try:
    import matplotlib as mpl
    from matplotlib import font_manager
    from matplotlib.figure import Figure
    from matplotlib.text import Text
except ModuleNotFoundError as error:
    if error.name != "matplotlib":
        raise
    raise missing("Matplotlib", "plot", "matplotlib") from None

# How the files of Chinese fonts begin, in small letters: those of macOS, Windows and Linux.
FONTS = (
    "pingfang",
    "hiragino sans gb",
    "stheiti",
    "msyh",
    "simhei",
    "notosanscjk-regular",
    "notosanscjksc-regular",
    "notosanssc",
    "sourcehansans",
    "wqy-microhei",
    "wqy-zenhei",
    "droidsansfallback",
)
HAN = re.compile("[\u3400-\u9fff]")
BITMAPS = {"png", "jpg", "jpeg", "webp", "tif", "tiff", "raw", "rgba"}

# What `rcParams` needs to call it on every new figure.
HOOK = f"{__name__}:draw_bitmaps_in_chinese"


def draw_bitmaps_in_chinese(figure: Figure) -> None:
    """Let a figure that is saved as a bitmap while Chinese is spoken use a Chinese font.

    Where the machine has none, a warning says so.
    """
    canvas: Any = figure.canvas
    print_figure = canvas.print_figure

    def in_chinese(filename: Any, *args: Any, format: str | None = None, **options: Any) -> Any:
        kind = format or Path(str(filename)).suffix.lstrip(".") or mpl.rcParams["savefig.format"]
        if spoken() == "en" or kind.lower() not in BITMAPS or not _has_chinese(figure):
            return print_figure(filename, *args, format=format, **options)
        with _families([*mpl.rcParams["font.sans-serif"][:1], *_fonts()], figure):
            return print_figure(filename, *args, format=format, **options)

    canvas.print_figure = in_chinese


def _has_chinese(figure: Figure) -> bool:
    return any(HAN.search(text.get_text()) for text in figure.findobj(Text))


@contextlib.contextmanager
def _families(families: list[str], figure: Figure) -> Iterator[None]:
    """Let the texts of a figure, those there are and those to come, use the first that fits."""
    texts = [(text, text.get_fontfamily()) for text in figure.findobj(Text)]
    with mpl.rc_context({"font.family": families}):
        for text, _ in texts:
            text.set_fontfamily(families)
        try:
            yield
        finally:
            for text, before in texts:
                text.set_fontfamily(before)


def _fonts() -> list[str]:
    """The name of a Chinese font, if there is one."""
    font = _chinese_font()
    if font is None:
        warnings.warn(
            words(
                "This chart has Chinese words, and no font of this machine has their characters: "
                "install one, such as Noto Sans CJK (on Debian or Ubuntu: sudo apt install "
                "fonts-noto-cjk)."
            ),
            stacklevel=3,
        )
    return [font] if font else []


@cache
def _chinese_font() -> str | None:
    # The list that Matplotlib keeps may be older than a font that was installed since.
    files = {Path(path).name.lower(): path for path in font_manager.findSystemFonts()}
    for start in FONTS:
        for name, path in sorted(files.items()):
            if name.startswith(start):
                font_manager.fontManager.addfont(path)
                known = font_manager.fontManager.ttflist
                faces = [each.name for each in known if each.fname == path]
                return next((face for face in faces if "SC" in face), faces[0])
    return None
