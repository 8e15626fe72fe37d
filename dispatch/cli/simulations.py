"""What the verbs on simulated time do: a year of the sample city, and whether it was fair."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from rich.progress import Progress
from rich.table import Table

from dispatch.cli.options import word_of
from dispatch.cli.output import language, localize, out
from dispatch.domain.eligibility.table import refusal_text
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.vocabulary import ModeName
from dispatch.simulation.backtest.entitlement import Verdict, verdict

EFFORT_PRICE = 10_000
"""Points of one credit of effort ahead: a case's worth of credits outweighs the best match."""


def simulate_year(mode: str, size: dict[str, int], seed: int, first: date, target: Path | None) -> None:
    """Play a year of the sample city in one mode, and name everyone whose credit is out of the bound."""
    from dispatch.simulation.replay.behaviour import Model
    from dispatch.simulation.replay.play import play
    from dispatch.simulation.sample.year import Year, make_year

    policy = policy_in_one_mode(word_of(ModeName, "mode", mode))
    period = make_year(seed, first, policy, Year(**size))
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task(localize("模拟", "Simulating"), total=size["days"])
        played = play(period, policy, Model(seed=seed), watch=lambda day: progress.advance(task))
    found = verdict(played)
    if target:
        document = _document(found) | {"seed": seed, "first": first.isoformat(), "mode": mode}
        target.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    out.print(_verdict_table(found))


def policy_in_one_mode(mode: ModeName) -> Policy:
    """Return the national preset with one mode before the runs, and effort counted in its rotation."""
    steps = [{"mode": mode, "hours": 24}, {"mode": ModeName.OPTIMIZED}] if mode is not ModeName.OPTIMIZED else []
    chain = {"code": "one", "zh": mode.zh, "en": mode.en, "steps": steps or [{"mode": mode}]}
    document = load_preset("national").to_document()
    # What falls through to a run is priced by the same credits, or runs would undo the order of turns.
    prices = document["fairness"] | {"price_per_turn": 0, "price_per_effort": EFFORT_PRICE}
    parts = {"chains": [chain], "rotation": {"counts": "effort"}, "fairness": prices}
    return Policy.from_document(document | parts)


def _document(found: Verdict) -> dict[str, Any]:
    return {**found._asdict(), "exceptions": [each._asdict() for each in found.exceptions]}


def _verdict_table(found: Verdict) -> Table:
    table = Table(title=localize("均衡情况", "How fair it was"), show_header=False, title_justify="left")
    table.add_column(overflow="fold")
    table.add_column()
    rows = (
        (localize("参加轮流指派的人数", "Practitioners"), f"{found.practitioners:,}"),
        (localize("已指派案件", "Cases assigned"), f"{found.cases:,}"),
        (localize("最大一件的工作量", "Effort of the largest case"), f"{found.largest_case}"),
        (localize("差距不超过一件的人数", "Within one largest case"), f"{found.within:,}"),
        (localize("超出应得最多", "Furthest above the share"), f"{found.most_beyond:+.2f}"),
        (localize("低于应得最多", "Furthest below it"), f"{found.least_beyond:+.2f}"),
    )
    for row in rows:
        table.add_row(*row)
    for code, count in found.barred.items():
        table.add_row(
            localize("曾有一段时间不能承办任何案件：", "Kept from every case for a time: ")
            + refusal_text(code, language()),
            f"{count}",
        )
    table.add_section()
    causes = Counter((each.because, each.rule, each.beyond > 0) for each in found.exceptions)
    for (because, rule, above), count in sorted(causes.items(), key=lambda item: (-item[1], str(item[0]))):
        what = because.label(language()) + (f" ({refusal_text(rule, language())})" if rule else "")
        table.add_row(
            localize("超出：", "Above: ") + what if above else localize("不足：", "Below: ") + what, f"{count}"
        )
    return table
