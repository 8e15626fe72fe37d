"""Instances and solutions as files: npz and JSON, versioned, readable without any solver."""

import io
import json
import zipfile
from contextlib import nullcontext
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.proof.untrusted import (
    JSON_LIMIT,
    WHOLE_LIMIT,
    FormatError,
    integer,
    integers,
    listed,
    parse_array,
    parse_json,
    read,
    record,
    require_names,
    text,
    truth,
    unpack,
)
from optimizer.solution import Certificate, Proof, Solution

__all__ = ["FormatError", "load", "load_problem", "load_solution", "save", "save_problem", "save_solution"]

PROBLEM_FORMAT = "legal-aid matching problem"
SOLUTION_FORMAT = "legal-aid matching solution"
VERSION = 1
INSTANCE, CLAIM = "problem.npz", "solution.json"
"""The two parts of a proof in one file."""

# fmt: off
ARRAYS = {
    # field                 type   axes: the same letter has the same length everywhere
    "case_terms":           ("<f4", "nd"),
    "practitioner_terms":   ("<f4", "md"),
    "capacity":             ("<i8", "m"),
    "slot_price":           ("<i8", "mk"),
    "open_price":           ("<i8", "n"),
    "demand":               ("<i8", "n"),
    "bonus":                ("<i8", "3b"),
    "barred":               ("<i8", "3r"),
    "institution":          ("<i8", "m"),
    "institution_capacity": ("<i8", "p"),
    "exclusive":            ("<i8", "2e"),
    "separate":             ("<i8", "q2"),
    "case_key":             ("<u8", "n"),
    "practitioner_key":     ("<u8", "m"),
    "base_score":           ("<f4", "nm"),
}
# fmt: on

OPTIONAL = "base_score"
"""The one array that is left out where it says nothing: it alone is as large as all pairs."""


def save(target: Path | BinaryIO, problem: Problem, solution: Solution) -> None:
    """
    Write an instance with its solution as one file: the same two give the same bytes.

    Raises
    ------
    FormatError
        If the claim is larger than ``load`` reads, or its seed is.
    """
    instance, claim = io.BytesIO(), _dumped(solution)
    save_problem(problem, instance)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((INSTANCE, instance.getvalue()), (CLAIM, claim)):
            # An entry made by hand carries no clock time.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def load(source: str | Path | BinaryIO) -> tuple[Problem, Solution]:
    """
    Read both back; whether the one solves the other is for ``verify``.

    Raises
    ------
    FormatError
        If the file is not one of ``save``, of another version, too large, or damaged.
    OSError
        If the file cannot be read at all.
    """
    entries = unpack(read(source), "the proof")
    require_names(entries, (INSTANCE, CLAIM), "the proof")
    return _problem(unpack(entries[INSTANCE], "the problem")), _solution(entries[CLAIM])


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
    for name in (field.name for field in fields(problem) if problem.dense or field.name != OPTIONAL):
        value = getattr(problem, name)
        if isinstance(value, Pairs):
            value = _stacked(value)
        arrays[name] = value
    groups = [np.stack((np.full_like(rows, g), rows)) for g, rows in enumerate(problem.exclusive)]
    arrays["exclusive"] = np.concatenate((np.empty((2, 0), np.int64), *groups), axis=1)
    # An open file is taken as it is; a bare name would get a suffix of numpy's choice.
    with open(path, "wb") if isinstance(path, str | Path) else nullcontext(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load_problem(source: str | Path | BinaryIO) -> Problem:
    """
    Read an instance back, from its own file or out of a proof.

    Raises
    ------
    FormatError
        If the file is no instance, of another version, incomplete, too large, or damaged.
    OSError
        If the file cannot be read at all.
    """
    entries = unpack(read(source), "the file")
    return _problem(unpack(entries[INSTANCE], "the problem") if INSTANCE in entries else entries)


def save_solution(solution: Solution, path: str | Path) -> None:
    """Write a solution with its certificate as one JSON file; every array is a list of integers."""
    Path(path).write_bytes(_dumped(solution))


def load_solution(source: str | Path | BinaryIO) -> Solution:
    """
    Read a solution back; ``verify`` tells whether it holds.

    Raises
    ------
    FormatError
        If the file is no solution, of another version, incomplete, or too large.
    OSError
        If the file cannot be read at all.
    """
    return _solution(read(source))


def _dumped(solution: Solution) -> bytes:
    """The JSON text of a solution; what no reader would take is refused before it is written."""
    if abs(solution.certificate.seed) >= WHOLE_LIMIT:
        raise FormatError(f"the seed is {solution.certificate.seed}; a file holds one below {WHOLE_LIMIT} in size")
    document = {"format": SOLUTION_FORMAT, "version": VERSION} | asdict(solution)
    content = json.dumps(document, default=lambda array: array.tolist(), separators=(",", ":")).encode() + b"\n"
    if len(content) > JSON_LIMIT:
        raise FormatError(f"the solution takes {len(content)} bytes; a file holds at most {JSON_LIMIT}")
    return content


def _stacked(pairs: Pairs) -> IntArray:
    return np.stack((pairs.rows, pairs.cols, pairs.values))


def _problem(entries: dict[str, bytes]) -> Problem:
    names = [name for name in ("header", *ARRAYS) if name != OPTIONAL or f"{OPTIONAL}.npy" in entries]
    require_names(entries, [f"{name}.npy" for name in names], "the problem")
    arrays = {name: parse_array(entries[f"{name}.npy"], name) for name in names}
    digest = _digest(arrays.pop("header"))
    _check_arrays(arrays)
    parts: dict[str, Any] = dict(arrays)
    for name in ("bonus", "barred"):
        parts[name] = _pairs(parts[name], name)
    parts["exclusive"] = _groups(parts["exclusive"])
    try:
        problem = Problem(**parts)
    except ValueError as error:
        raise FormatError(f"the problem is not valid: {error}") from None
    if problem.digest != digest:
        raise FormatError(f"the problem is damaged: its digest is {problem.digest}")
    return problem


def _digest(header: NDArray[np.generic]) -> str:
    if header.dtype.kind != "U" or header.ndim:
        raise FormatError("header is not one text")
    # The bytes are decoded strictly: NumPy would keep what is no character.
    try:
        content = header.tobytes().decode("utf-32-le").encode()
    except UnicodeError:
        raise FormatError("header holds what is no character") from None
    return str(_headed(parse_json(content, "header"), PROBLEM_FORMAT, "header", digest=text)["digest"])


def _check_arrays(arrays: dict[str, NDArray[np.generic]]) -> None:
    """Refuse arrays of another type or of shapes that disagree, before anything is made at their size."""
    lengths: dict[str, int] = {"2": 2, "3": 3}
    for name, found in arrays.items():
        kind, axes = ARRAYS[name]
        if found.dtype.str != kind:
            raise FormatError(f"{name} has type {found.dtype.str}; it must have {kind}")
        if found.ndim != len(axes) or any(
            lengths.setdefault(axis, size) != size for axis, size in zip(axes, found.shape, strict=True)
        ):
            raise FormatError(f"{name} has shape {found.shape}; it does not fit the others")


def _pairs(stacked: NDArray[np.int64], name: str) -> Pairs:
    try:
        pairs = Pairs(*stacked)
    except ValueError as error:
        raise FormatError(f"{name} is not valid: {error}") from None
    if not np.array_equal(_stacked(pairs), stacked):
        raise FormatError(f"{name} is not sorted, or lists a pair twice")
    return pairs


def _groups(stacked: IntArray) -> tuple[IntArray, ...]:
    group, rows = stacked
    steps = np.diff(group, prepend=-1)
    if ((steps < 0) | (steps > 1)).any() or (steps[:1] == 0).any():
        raise FormatError("exclusive does not number its groups from 0 in order")
    return tuple(np.split(rows, np.flatnonzero(steps)[1:])) if rows.size else ()


def _solution(content: bytes) -> Solution:
    parts = _headed(
        parse_json(content, "the solution"),
        SOLUTION_FORMAT,
        "the solution",
        rows=integers,
        cols=integers,
        open=integers,
        objective=integer,
        bound=integer,
        optimal=truth,
        certificate=_certificate,
    )
    return Solution(**parts)


def _certificate(value: object, what: str) -> Certificate:
    return Certificate(**record(value, what, instance=text, seed=integer, leaves=_leaves, seal=text))


def _leaves(value: object, what: str) -> tuple[Proof, ...]:
    return tuple(_leaf(leaf, f"{what}[{index}]") for index, leaf in enumerate(listed(value, what)))


def _leaf(value: object, what: str) -> Proof:
    parts = record(
        value,
        what,
        case_price=integers,
        practitioner_price=integers,
        institution_price=integers,
        group_price=_group_price,
        path=_path,
    )
    return Proof(**parts)


def _group_price(value: object, what: str) -> Pairs:
    parts = record(value, what, rows=integers, cols=integers, values=integers)
    if len({array.size for array in parts.values()}) > 1:
        raise FormatError(f"{what} has lists of different lengths")
    return _pairs(np.stack(list(parts.values())), what)


def _path(value: object, what: str) -> IntArray:
    steps = [integers(step, what) for step in listed(value, what)]
    if any(step.size != 3 for step in steps):
        raise FormatError(f"{what} has a decision that is not of three numbers")
    return np.array(steps, np.int64).reshape(-1, 3)


def _headed(value: object, form: str, what: str, **parsers: Any) -> dict[str, Any]:
    """Return the parts of an object that also names its format and version."""
    if isinstance(value, dict) and (value.get("format"), value.get("version")) != (form, VERSION):
        raise FormatError(f"{what} is not of format {form!r}, version {VERSION}")
    parts = record(value, what, format=text, version=integer, **parsers)
    return {name: part for name, part in parts.items() if name in parsers}
