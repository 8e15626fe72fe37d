"""Instances and solutions as files: npz and JSON, versioned, readable without any solver."""

import io
import json
import zipfile
from contextlib import nullcontext
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from optimizer.pairs import Pairs, whole
from optimizer.problem import Problem
from optimizer.solution import Certificate, Proof, Solution

PROBLEM_FORMAT = "legal-aid matching problem"
SOLUTION_FORMAT = "legal-aid matching solution"
VERSION = 1
INSTANCE, CLAIM = "problem.npz", "solution.json"
"""The two parts of a proof in one file."""


class FormatError(ValueError):
    """A file is not what it should be, or of a version this code does not know."""


def save(target: Path | BinaryIO, problem: Problem, solution: Solution) -> None:
    """Write an instance with its solution as one file: the same two give the same bytes."""
    instance = io.BytesIO()
    save_problem(problem, instance)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((INSTANCE, instance.getvalue()), (CLAIM, _told(solution).encode())):
            # An entry made by hand carries no clock time.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def load(source: Path | BinaryIO) -> tuple[Problem, Solution]:
    """
    Read both back; whether the one solves the other is for ``verify``.

    Raises
    ------
    FormatError
        If the file is not one of ``save``, of another version, or damaged.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            instance, claim = io.BytesIO(archive.read(INSTANCE)), archive.read(CLAIM)
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise FormatError(f"the file cannot be read as a proof: {error}") from error
    return load_problem(instance), _solution(claim, "the claim of the file")


def save_problem(problem: Problem, path: str | Path | BinaryIO) -> None:
    """
    Write an instance as one npz file, without pickled objects.

    Notes
    -----
    ``header`` is JSON text with format, version and digest. Plain fields are arrays under their names. Pairs are
    arrays (3, q) of rows, cols, values. ``exclusive`` is an array (2, q) of group and row.
    """
    header = {"format": PROBLEM_FORMAT, "version": VERSION, "digest": problem.digest}
    arrays = {"header": np.array(json.dumps(header))}
    for name in (field.name for field in fields(problem) if problem.dense or field.name != "base_score"):
        value = getattr(problem, name)
        if isinstance(value, Pairs):
            value = np.stack((value.rows, value.cols, value.values))
        arrays[name] = value
    groups = [np.stack((np.full_like(rows, g), rows)) for g, rows in enumerate(problem.exclusive)]
    arrays["exclusive"] = np.concatenate((np.empty((2, 0), np.int64), *groups), axis=1)
    # An open file is taken as it is; a bare name would get a suffix of numpy's choice.
    with open(path, "wb") if isinstance(path, str | Path) else nullcontext(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load_problem(path: str | Path | BinaryIO) -> Problem:
    """
    Read an instance back.

    Raises
    ------
    FormatError
        If the file is no instance, of another version, incomplete, or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = dict(stored)
        header = json.loads(str(arrays.pop("header")))
        _require_format(header, PROBLEM_FORMAT)
        for name in ("bonus", "barred"):
            arrays[name] = Pairs(*arrays[name])
        group, rows = arrays.pop("exclusive")
        problem = Problem(**arrays, exclusive=tuple(rows[group == g] for g in np.unique(group)))
    except FormatError:
        raise
    except Exception as error:
        raise FormatError(f"{path} cannot be read as a problem: {error}") from error
    if problem.digest != header["digest"]:
        raise FormatError(f"{path} is damaged: its digest is {problem.digest}, not {header['digest']}")
    return problem


def save_solution(solution: Solution, path: str | Path) -> None:
    """Write a solution with its certificate as one JSON file; every array is a list of integers."""
    Path(path).write_text(_told(solution), encoding="utf-8")


def load_solution(path: str | Path) -> Solution:
    """
    Read a solution back; ``verify`` tells whether it holds.

    Raises
    ------
    FormatError
        If the file is no solution, of another version, or incomplete.
    """
    return _solution(Path(path).read_bytes(), str(path))


def _told(solution: Solution) -> str:
    document = {"format": SOLUTION_FORMAT, "version": VERSION} | asdict(solution)
    return json.dumps(document, default=lambda array: array.tolist(), separators=(",", ":")) + "\n"


def _solution(content: bytes, path: str) -> Solution:
    try:
        document = json.loads(content)
        _require_format(document, SOLUTION_FORMAT)
        claim = document["certificate"]
        leaves = tuple(_proof(leaf) for leaf in claim["leaves"])
        certificate = Certificate(str(claim["instance"]), int(claim["seed"]), leaves, str(claim["seal"]))
        rows, cols, unmet = (whole(document[name], name) for name in ("rows", "cols", "open"))
        value, bound = int(document["objective"]), int(document["bound"])
        return Solution(rows, cols, unmet, value, bound, bool(document["optimal"]), certificate)
    except FormatError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{path} cannot be read as a solution: {error}") from error


def _proof(leaf: dict[str, Any]) -> Proof:
    group = leaf["group_price"]
    names = ("case_price", "practitioner_price", "institution_price", "path")
    case, practitioner, institution, path = (whole(leaf[name], name) for name in names)
    listed = Pairs(group["rows"], group["cols"], group["values"])
    return Proof(case, practitioner, institution, listed, path.reshape(-1, 3))


def _require_format(header: dict[str, Any], wanted: str) -> None:
    found = header.get("format"), header.get("version")
    if found != (wanted, VERSION):
        raise FormatError(f"format and version are {found}; this code reads {(wanted, VERSION)}")
