"""In which language a figure can be read with the fonts there are: never one that would show as boxes."""

from matplotlib.font_manager import get_font_names

HAN = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Noto Sans CJK JP",
)  # fmt: skip
"""Fonts with Chinese characters; where there is none, figures speak English."""

LATIN = "DejaVu Sans"
"""It comes with the library that draws."""


def families() -> list[str]:
    """Return the fonts to write with: of those there are, so that none is looked for in vain."""
    here = set(get_font_names())
    return [LATIN, *(name for name in HAN if name in here)]


def readable(language: str) -> str:
    """Return the language if it can be written here, else English."""
    return language if language == "en" or len(families()) > 1 else "en"


def legible(text: str) -> bool:
    """Tell whether a text can be written here: plain Latin can anywhere."""
    return text.isascii() or readable("zh") == "zh"
