"""The facts behind the scores of a run, under names drawn anew: what the public counts the scores from again.

Of a case there is which value it shares with others, of a practitioner the level for each value; what the values are
called, who anyone is and where anyone lives is not in it. The weights are in the policy.
"""

import json
from typing import Any

import numpy as np
from numpy.random import Generator

from dispatch.domain.docket.columns import Integers
from dispatch.domain.docket.docket import Docket, PairList
from dispatch.modes.encode import first_rows
from dispatch.reports.self_check import FACTS_FORMAT


def run_facts(docket: Docket, cases: Integers, people: Integers, seed: int) -> bytes:
    """
    Return the facts as canonical JSON.

    Parameters
    ----------
    docket : Docket
        As the run was solved.
    cases, people : (n,), (m,) int64
        The order in which the published proof names them.
    seed : int
        Of the draw that gives the values other numbers; a secret one.
    """
    draw, lookups, first = np.random.default_rng(seed), docket.lookups, first_rows(docket)[cases]
    tables: dict[str, tuple[str, Any]] = {
        "specialty": ("cause", lookups.specialty),
        "experience": ("categories", lookups.experience),
        "distance": ("area", band_numbers(docket)),
        "language": ("languages", lookups.language),
    }
    document: dict[str, Any] = {
        "format": FACTS_FORMAT,
        "seats": np.bincount(docket.case_of, minlength=len(cases))[cases].tolist(),
        "tables": {
            name: _table(draw, getattr(docket.case, reads)[first, 0], levels[:, people])
            for name, (reads, levels) in tables.items()
        },
        "quality": docket.practitioner.quality[0, people].tolist(),
        "years": np.nan_to_num(docket.practitioner.practice_years[0, people], nan=0.0).astype(np.int64).tolist(),
        "wishes": _pairs(docket, docket.wishes, cases, people),
        "counsel": _pairs(docket, docket.counsel, cases, people),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def band_numbers(docket: Docket) -> Integers:
    """Return for each area and practitioner the number of the policy's distance band; -1 where it is unknown."""
    km = docket.lookups.distance_km
    edges = np.array([band.up_to_km for band in docket.policy.distance_bands], km.dtype)
    return np.where(np.isnan(km), -1, np.searchsorted(edges, km)).astype(np.int64)


def _table(draw: Generator, codes: Integers, levels: Integers) -> dict[str, Any]:
    values, key = np.unique(codes, return_inverse=True)
    order = draw.permutation(len(values))
    return {"key": np.argsort(order)[key.reshape(-1)].tolist(), "levels": levels[values[order]].tolist()}


def _pairs(docket: Docket, pairs: PairList, cases: Integers, people: Integers) -> list[list[int]]:
    """Return pairs of cases, each once, as the published proof names them, with their value."""
    lead = docket.seat[pairs.rows] == 0
    at_case, at_person = np.argsort(cases), np.argsort(people)
    rows = at_case[docket.case_of[pairs.rows[lead]]]
    return sorted(np.stack([rows, at_person[pairs.cols[lead]], pairs.values[lead]], axis=1).tolist())
