"""How pages are written: Jinja2, strict about what is missing, every text in two languages side by side."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context as TemplateContext
from markupsafe import Markup

from dispatch.api.console.guard import LANGUAGE_PARAMETER, LANGUAGES
from dispatch.console.frame.assets import asset_path
from dispatch.console.frame.page import ConsolePage, menu_of
from dispatch.console.frame.visit import Visit
from dispatch.domain.funds.amounts import yuan_of
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import Role, Term

WARNED_BEFORE = timedelta(minutes=2)
SOON, NEAR = timedelta(hours=24), timedelta(hours=72)
"""A deadline less than so far away is shown as urgent, or as near."""


def render(
    template: str, visit: Visit, page: ConsolePage | None, pages: tuple[ConsolePage, ...], context: Mapping[str, Any]
) -> str:
    """Return a page."""

    def say(zh: Any, en: str = "", **values: Any) -> str:
        return spoken(visit.language, zh, en, **values)

    def url(path: str, **query: Any) -> str:
        asked = [(name, each) for name, value in query.items() for each in _each(value) if each not in (None, "")]
        return visit.base + path + (f"?{urlencode(asked)}" if asked else "")

    here = page.path.format(**visit.request.path_params) if page else "/"

    def same(**query: Any) -> str:
        return url(here, **(_asked(visit) | query))

    common = {
        "here": here,
        "same": same,
        "same_at": lambda path: url(path, **_asked(visit)),
        "visit": visit,
        "page": page,
        "menu": menu_of(pages, visit.session and visit.session.actor),
        "say": say,
        "url": url,
        "asset": lambda name: visit.base + asset_path(name),
        "other_languages": [(code, name, _in_language(visit, code)) for code, name in LANGUAGES.items()],
        "terms": lambda words: [(word, word) for word in words],
        "new_key": lambda: secrets.token_urlsafe(12),
        "remaining": lambda at: remaining(visit.language, at, visit.now),
        "urgency": lambda at: urgency(at, visit.now),
        "warned_before_s": int(WARNED_BEFORE.total_seconds()),
    }
    return ENVIRONMENT.get_template(template).render(**common, **context)


def spoken(language: str, zh: Any, en: str = "", **values: Any) -> str:
    """Return a text in the language: a word of the field, a pair, a fact that is a sentence, or both languages."""
    if isinstance(zh, Term):
        return zh.label(language)
    if isinstance(zh, Mapping):
        text = str(zh[language])
    elif isinstance(zh, tuple):
        text = str(zh[0] if language == "zh" else zh[1])
    else:
        text = str(zh) if language == "zh" else en
    return text.format(**values) if values else text


@pass_context
def moment(page: TemplateContext, at: datetime | None) -> str:
    """Return a moment as an office writes it, by the clock of its centre."""
    return at.astimezone(page["visit"].zone).strftime("%Y-%m-%d %H:%M") if at else "—"


@pass_context
def day(page: TemplateContext, on: date | datetime | None) -> str:
    """Return a day as an office writes it."""
    if isinstance(on, datetime):
        on = on.astimezone(page["visit"].zone).date()
    return on.isoformat() if on else "—"


def opening(text: str) -> str:
    """Return a text as a sentence or a button begins: words of the field are in small letters."""
    return text[:1].upper() + text[1:]


@pass_context
def iso(page: TemplateContext, at: datetime | None) -> str:
    """Return a moment for a script."""
    return at.astimezone(page["visit"].zone).isoformat(timespec="seconds") if at else ""


def remaining(language: str, at: datetime, now: datetime) -> str:
    """Return how long it is until a moment, or since."""
    minutes = abs(int((at - now).total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        zh, en = f"{days}天{hours}小时", f"{days} d {hours} h"
    elif hours:
        zh, en = f"{hours}小时{rest}分", f"{hours} h {rest} min"
    else:
        zh, en = f"{rest}分钟", f"{rest} min"
    over = (f"已超期{zh}", f"{en} overdue") if at < now else (f"还剩{zh}", f"{en} left")
    return spoken(language, over)


def qr(text: str) -> Markup:
    """Return a QR code as SVG in the page itself: no image to ask for, no style of its own that the rules refuse."""
    # Two pages have one; the others do not wait for it.
    import segno

    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(omitsize=True, svgclass="qr", lineclass=None))


def urgency(at: datetime, now: datetime) -> str:
    """Return how a deadline is to be shown: ``over``, ``soon``, ``near`` or ``calm``."""
    left = at - now
    bounds = ((timedelta(), "over"), (SOON, "soon"), (NEAR, "near"))
    return next((name for bound, name in bounds if left < bound), "calm")


def _asked(visit: Visit) -> dict[str, list[str]]:
    """Return what the address asks for, but for the language and the page of a list."""
    names = visit.request.query_params.keys() - {LANGUAGE_PARAMETER, "done", "cursor"}
    return {name: visit.all_asked(name) for name in sorted(names)}


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _in_language(visit: Visit, code: str) -> str:
    query = [(name, value) for name, value in visit.request.query_params.multi_items() if name != LANGUAGE_PARAMETER]
    path = visit.request.url.path if visit.request.method == "GET" else visit.base + "/"
    return f"{path}?{urlencode([*query, (LANGUAGE_PARAMETER, code)])}"


def environment() -> Environment:
    """Return what templates are read by."""
    made = Environment(
        loader=PackageLoader("dispatch.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"moment": moment, "day": day, "iso": iso, "opening": opening, "qr": qr, "yuan": yuan_of}
    made.globals |= {"Verb": Verb, "Role": Role}
    return made


ENVIRONMENT = environment()
