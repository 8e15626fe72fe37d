"""Seeded instances of every size and shape: the same arrays on every machine.

Shares follow published figures: firm sizes of the ministry's 2022 statistics, criminal shares
from 13 % (a big city, 2010) to 88 % (a small county, 2024), and pools from 100 to 150,000 people.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optimizer import Pairs, Problem

Room = Literal["ample", "tight", "short"]
Mix = Literal["criminal", "civil"]

FORBID = np.float32(-(2**22))
CAUSES = 25
CATEGORIES = 12
LANGUAGES = 4
FIRM_SIZES, FIRM_SHARES = (
    np.array([4, 15, 32, 70, 150]),
    np.array([0.655, 0.207, 0.104, 0.020, 0.014]),
)
SLOTS_PER_UNIT = {"tight": 1.05, "short": 0.8}
CRIMINAL_SHARE = {"criminal": 0.8, "civil": 0.2}
OPEN_PRICE = 3_000_000


@dataclass(frozen=True)
class Instance:
    """What to make: sizes, room for the demand, mix of matters, and whether side rules bind."""

    name: str
    cases: int
    practitioners: int
    room: Room = "ample"
    mix: Mix = "civil"
    areas: int = 10
    side_rules: bool = False
    opposing: float = 0.0
    local: bool = False
    seed: int = 7

    @property
    def title(self) -> str:
        """Name with every choice that differs from the plain instance."""
        extras: tuple[str, ...] = ("side rules",) if self.side_rules else ()
        extras += ("opposing sides",) if self.opposing else ()
        return ", ".join((self.name, self.room, self.mix, *extras))


COUNTY = Instance("county", 30, 100, areas=1)
CITY = Instance("city", 300, 1_500)
MEGA_CITY = Instance("mega-city", 2_000, 20_000, areas=18)
BACKLOG = Instance("backlog", 20_000, 20_000, areas=18)
PROVINCE = Instance("province", 10_000, 100_000, areas=60)
NATION = Instance("nation", 50_000, 150_000, areas=300, local=True)


def variants(base: Instance, *, mixes: tuple[Mix, ...] = ("civil",)) -> list[Instance]:
    """Return the instance with each kind of room and each mix."""
    return [replace(base, room=room, mix=mix) for mix in mixes for room in ("ample", "tight", "short")]


def make(instance: Instance) -> Problem:
    """Return the problem of an instance; equal instances give equal arrays."""
    draw = np.random.default_rng(instance.seed)
    case_terms, practitioner_terms, cause = _terms(instance, draw)
    capacity, slot_price = _slots(instance, draw)
    firm = _firms(instance.practitioners, draw)
    return Problem(
        case_terms=case_terms,
        practitioner_terms=practitioner_terms,
        capacity=capacity,
        slot_price=slot_price,
        open_price=OPEN_PRICE + 200_000 * draw.integers(0, 5, instance.cases),
        **(_side_rules(instance, cause, firm, draw) if instance.side_rules or instance.opposing else {}),
    )


def _terms(
    instance: Instance, draw: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    n, m, areas = instance.cases, instance.practitioners, instance.areas
    criminal = draw.random(n) < CRIMINAL_SHARE[instance.mix]
    cause = np.where(criminal, draw.zipf(1.6, n) % 10, 10 + draw.zipf(1.6, n) % (CAUSES - 10))
    category = np.minimum(draw.zipf(1.5, n), CATEGORIES) - 1
    area, home = draw.integers(0, areas, n), draw.integers(0, areas, m)
    language = draw.random(n) < 0.01
    lawyer, experienced = draw.random(m) < 0.9, draw.random(m) < 0.5
    case_blocks = (
        4_500 * _one_hot(cause, CAUSES),
        1_500 * _one_hot(category, CATEGORIES),
        1_500 * _one_hot(area, areas),
        500 * _one_hot(draw.integers(0, LANGUAGES, n), LANGUAGES) * language[:, None],
        np.full((n, 2), 1_000, np.float32),
        np.column_stack((criminal, criminal & (draw.random(n) < 0.04))).astype(np.float32),
    )
    skill = np.where(draw.random((m, CAUSES)) < 0.25, draw.integers(30, 101, (m, CAUSES)), 10)
    practitioner_blocks = (
        skill,
        draw.integers(0, 101, (m, CATEGORIES)),
        _distance_levels(home, areas, draw),
        100 * (draw.random((m, LANGUAGES)) < 0.1),
        draw.integers(40, 101, (m, 2)),
        np.column_stack((FORBID * ~lawyer, FORBID * ~experienced)),
    )
    terms = [np.column_stack(blocks).astype(np.float32) for blocks in (case_blocks, practitioner_blocks)]
    if instance.local:
        terms[0] = np.column_stack((terms[0], _one_hot(area, areas)))
        terms[1] = np.column_stack((terms[1], FORBID * (1 - _one_hot(home, areas))))
    return terms[0], terms[1].astype(np.float32), cause


def _one_hot(codes: NDArray[np.int64], width: int) -> NDArray[np.float32]:
    return np.asarray(codes[:, None] == np.arange(width), np.float32)


def _distance_levels(home: NDArray[np.int64], areas: int, draw: np.random.Generator) -> NDArray[np.int64]:
    points = draw.random((areas, 2))
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    levels: NDArray[np.int64] = np.maximum(0, 100 - np.rint(100 * apart).astype(np.int64))
    return levels[home]


def _slots(instance: Instance, draw: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    n, m = instance.cases, instance.practitioners
    if instance.room == "ample":
        capacity = np.full(m, max(5, 3 * n // m))
    else:
        capacity = draw.multinomial(int(SLOTS_PER_UNIT[instance.room] * n), draw.dirichlet(np.full(m, 2.0)))
    turn = 2_000 * draw.integers(0, 6, m)
    return capacity, turn[:, None] + 15_000 * np.arange(5)


def _firms(m: int, draw: np.random.Generator) -> NDArray[np.int64]:
    sizes = draw.choice(FIRM_SIZES, m, p=FIRM_SHARES / FIRM_SHARES.sum())
    return np.repeat(np.arange(m), sizes)[:m]


def _side_rules(
    instance: Instance,
    cause: NDArray[np.int64],
    firm: NDArray[np.int64],
    draw: np.random.Generator,
) -> dict[str, Any]:
    n, m = instance.cases, instance.practitioners
    order = draw.permutation(n)
    pairs = order[: 2 * int(instance.opposing * n / 2)].reshape(-1, 2)
    uncapped = np.full(firm.max() + 1, n)
    rules: dict[str, Any] = {"institution": firm, "institution_capacity": uncapped, "separate": pairs}
    if not instance.side_rules:
        return rules
    wishes = draw.choice(n, n // 4, replace=False)
    joint = draw.permutation(np.flatnonzero(cause < 10))
    joint = joint[: len(joint) // 10 // 2 * 2].reshape(-1, 2)
    conflicts = max(1, n // 20)
    return rules | {
        "institution_capacity": np.bincount(firm),
        "bonus": Pairs(wishes, draw.integers(0, m, wishes.size), np.full(wishes.size, 100_000)),
        "barred": Pairs(draw.integers(0, n, conflicts), draw.integers(0, m, conflicts)),
        "demand": 1 + (draw.random(n) < 0.02).astype(np.int64),
        "exclusive": tuple(joint),
    }
