"""A problem with its solution in one file: a zip of NumPy arrays beside a readable ``claim.json``.

The same problem and solution give the same bytes, and loading runs no code from the file.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import Pairs
from optimizer.problem import Problem
from optimizer.solution import Certificate, Proof, Solution

FORMAT = "legal-aid matching certificate 1"
CLAIM = "claim.json"
PLAN = ("rows", "cols", "open")
PRICES = ("case_price", "practitioner_price", "institution_price", "path")

Array = NDArray[np.generic]


def save(target: Path | BinaryIO, problem: Problem, solution: Solution) -> None:
    """
    Write a problem and its solution.

    Parameters
    ----------
    target : Path or binary file
        Where to write.
    problem : Problem
        The instance; it names nobody.
    solution : Solution
        Plan and certificate.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, CLAIM, json.dumps(_claim(problem, solution), indent=1).encode())
        for name, array in _arrays(problem, solution):
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            _write(archive, f"{name}.npy", content.getvalue())


def load(source: Path | BinaryIO) -> tuple[Problem, Solution]:
    """
    Read a problem and its solution; whether the one solves the other is for ``verify``.

    Raises
    ------
    ValueError
        If the file is not one of ``save``, or an array in it breaks a bound of the problem.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            claim = json.loads(archive.read(CLAIM))
            if claim["format"] != FORMAT:
                raise ValueError(f"the file is of format {claim['format']!r}; {FORMAT!r} is known")
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name != CLAIM
            }
        return _problem(arrays, claim), _solution(arrays, claim)
    except (KeyError, TypeError, zipfile.BadZipFile, EOFError) as fault:
        raise ValueError(f"the file holds no certificate: {fault}") from None


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # An entry made by hand carries no clock time.
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def _claim(problem: Problem, solution: Solution) -> dict[str, Any]:
    certificate = solution.certificate
    return {
        "format": FORMAT,
        "instance": certificate.instance,
        "seed": certificate.seed,
        "seal": certificate.seal,
        "objective": solution.objective,
        "bound": solution.bound,
        "optimal": solution.optimal,
        "exclusive": len(problem.exclusive),
        "leaves": len(certificate.leaves),
    }


def _arrays(problem: Problem, solution: Solution) -> Iterator[tuple[str, Array]]:
    for name in (entry.name for entry in fields(Problem)):
        yield from _parts(f"problem.{name}", getattr(problem, name))
    for name in PLAN:
        yield f"plan.{name}", getattr(solution, name)
    for number, leaf in enumerate(solution.certificate.leaves):
        for name in (*PRICES, "group_price"):
            yield from _parts(f"leaf{number}.{name}", getattr(leaf, name))


def _parts(name: str, value: Array | Pairs | tuple[Array, ...]) -> Iterator[tuple[str, Array]]:
    if isinstance(value, Pairs):
        yield from ((f"{name}.{part}", getattr(value, part)) for part in ("rows", "cols", "values"))
    elif isinstance(value, np.ndarray):
        yield name, value
    else:
        yield from ((f"{name}.{number}", rows) for number, rows in enumerate(value))


def _problem(arrays: dict[str, Any], claim: dict[str, Any]) -> Problem:
    given: dict[str, Any] = {}
    for name in (entry.name for entry in fields(Problem)):
        if name == "exclusive":
            given[name] = tuple(arrays[f"problem.exclusive.{number}"] for number in range(claim["exclusive"]))
        elif f"problem.{name}.rows" in arrays:
            given[name] = _pairs(arrays, f"problem.{name}")
        else:
            given[name] = arrays[f"problem.{name}"]
    return Problem(**given)


def _solution(arrays: dict[str, Any], claim: dict[str, Any]) -> Solution:
    leaves = tuple(
        Proof(
            **{name: arrays[f"leaf{number}.{name}"] for name in PRICES},
            group_price=_pairs(arrays, f"leaf{number}.group_price"),
        )
        for number in range(claim["leaves"])
    )
    return Solution(
        **{name: arrays[f"plan.{name}"] for name in PLAN},
        objective=claim["objective"],
        bound=claim["bound"],
        optimal=claim["optimal"],
        certificate=Certificate(claim["instance"], claim["seed"], leaves, claim["seal"]),
    )


def _pairs(arrays: dict[str, Any], name: str) -> Pairs:
    return Pairs(arrays[f"{name}.rows"], arrays[f"{name}.cols"], arrays[f"{name}.values"])
