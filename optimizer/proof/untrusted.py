"""Bytes from anybody: read within stated sizes, unpacked and parsed strictly, refused in words."""

import errno
import io
import json
import math
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
from numpy.typing import NDArray

FILE_LIMIT = 2**29
"""Bytes of a file as it lies on disk."""

UNPACKED_LIMIT = 2**30
"""Bytes of all entries of an archive together, once unpacked."""

JSON_LIMIT = 2**27
"""Bytes of one JSON text."""

PARTS_LIMIT = 2**22
"""Lists, objects and strings in one JSON text: each takes far more memory than the bytes that spell it."""

ENTRIES_LIMIT = 64
"""Entries of the archive of a proof."""

DIMENSION_LIMIT = 2**27
"""Length of an array along one axis, also where another axis is empty."""

WHOLE_LIMIT = 2**63
"""Whole numbers in JSON are below this in size."""

ENTRY_OF_DIRECTORY = b"PK\x01\x02"
PATCHED, ENCRYPTED = 0x20, 0x41
"""Flags of an entry: a patch to other data; encryption, plain or strong."""

HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|>=]?[a-zA-Z]\d{1,6})', "
    rb"'fortran_order': (True|False), 'shape': \(((?:\d{1,20}, ?){0,3}(?:\d{1,20})?)\), \} *\n",
    re.DOTALL,
)
"""How NumPy writes the header of an array, version 1.0; nothing in it is evaluated."""

TYPES = ("<i8", "<u8", "<f4")
TEXT_TYPE = re.compile(r"<U[1-9]\d*")
"""Types of arrays that are read: whole numbers, keys, terms, and the text of the header."""

UNPACKING_FAILS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises on a damaged archive; ``RuntimeError`` covers what it does not implement."""

Parser = Callable[[object, str], Any]


class FormatError(ValueError):
    """A file is not what it should be, or of a version this code does not know."""


def read(source: str | Path | BinaryIO) -> bytes:
    """
    Return the content of a regular file, or of an open one.

    Raises
    ------
    FormatError
        If it is larger than ``FILE_LIMIT``.
    OSError
        If there is no such file, it may not be read, or it is a folder, a pipe or a device.
    """
    if not isinstance(source, str | Path):
        return _all_of(source)
    # A pipe without a writer must not hold us.
    with open(source, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file", str(source))
        return _all_of(file)


def _all_of(file: BinaryIO) -> bytes:
    content = file.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        _refuse("the file", f"is larger than {FILE_LIMIT} bytes")
    return content


def is_archive(content: bytes) -> bool:
    """Return whether the content begins as a zip or npz archive does."""
    return content.startswith(b"PK")


def unpack(content: bytes, what: str, most: int = ENTRIES_LIMIT) -> dict[str, bytes]:
    """
    Return the entries of an archive, at most so many, by name.

    Raises
    ------
    FormatError
        If it is no archive, damaged, encrypted, packed in another way than stored or deflated, names an entry
        twice, or declares more than ``UNPACKED_LIMIT`` bytes: an entry never yields more than it declares.
    """
    if content.count(ENTRY_OF_DIRECTORY) > most:
        _refuse(what, f"has more than {most} entries")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, what)
            return {entry.filename: archive.read(entry) for entry in entries}
    except FormatError:
        raise
    except UNPACKING_FAILS as error:
        raise FormatError(f"{what} cannot be unpacked: {shown(str(error) or type(error).__name__)}") from None


def _check_entries(entries: list[zipfile.ZipInfo], what: str) -> None:
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        _refuse(what, f"unpacks to more than {UNPACKED_LIMIT} bytes")
    if len({entry.filename for entry in entries}) < len(entries):
        _refuse(what, "has two entries of one name")
    for entry in entries:
        if entry.flag_bits & (ENCRYPTED | PATCHED):
            _refuse(f"{what}: {shown(entry.filename)}", "is encrypted or a patch")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            _refuse(f"{what}: {shown(entry.filename)}", f"is packed by method {entry.compress_type}")


def parse_array(content: bytes, what: str) -> NDArray[np.generic]:
    """
    Return the array of one npy entry, a view of its bytes.

    Raises
    ------
    FormatError
        If its header is not one NumPy writes, or is of another type than whole numbers, floats and text, in
        another byte order than little-endian, in column order, or of a shape that its bytes do not fill.
    """
    header = HEADER.match(content)
    if header is None or len(header.group()) != 10 + int.from_bytes(content[8:10], "little"):
        _refuse(what, "is not an array as NumPy writes it")
    kind, fortran, listed = (part.decode() for part in header.groups())
    shape = tuple(int(size) for size in listed.replace(" ", "").split(",") if size)
    if kind not in TYPES and not TEXT_TYPE.fullmatch(kind):
        _refuse(what, f"has type {kind}")
    if fortran == "True":
        _refuse(what, "is in column order")
    dtype = np.dtype(kind)
    if max(shape, default=0) > DIMENSION_LIMIT or math.prod(shape) * dtype.itemsize != len(content) - header.end():
        _refuse(what, f"has shape {shape}, which its bytes do not fill")
    return np.frombuffer(content, dtype, offset=header.end()).reshape(shape)


def parse_json(content: bytes, what: str) -> object:
    """
    Return the value of a JSON text in UTF-8, without floats.

    Raises
    ------
    FormatError
        If it is no JSON, names a key twice, holds a number that is not whole, is nested too deeply, or is larger
        than ``JSON_LIMIT`` or ``PARTS_LIMIT`` allow.
    """
    if len(content) > JSON_LIMIT or sum(map(content.count, (b"[", b"{", b'"'))) > PARTS_LIMIT:
        _refuse(what, f"holds more than {JSON_LIMIT} bytes or {PARTS_LIMIT} parts")
    try:
        return json.loads(
            content.decode(), object_pairs_hook=_unique, parse_float=_no_number, parse_constant=_no_number
        )
    except RecursionError:
        raise FormatError(f"{what} is nested too deeply") from None
    except ValueError as error:
        raise FormatError(f"{what} is no JSON text: {shown(str(error))}") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object names a key twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not a whole number")


def record(value: object, what: str, **parsers: Parser) -> dict[str, Any]:
    """Return an object with exactly these keys, each value parsed by its own parser."""
    if not isinstance(value, dict):
        _refuse(what, "is not an object")
    require_names(value, parsers, what)
    return {name: parse(value[name], f"{what}.{name}") for name, parse in parsers.items()}


def require_names(found: Collection[str], wanted: Collection[str], what: str) -> None:
    """Refuse names that are missing or unknown, the first of either named."""
    for fault, names in (("lacks", set(wanted) - set(found)), ("has an unknown part,", set(found) - set(wanted))):
        if names:
            _refuse(what, f"{fault} {shown(min(names))}")


def listed(value: object, what: str) -> list[Any]:
    """Return a list."""
    if type(value) is not list:
        _refuse(what, "is not a list")
    return value


def text(value: object, what: str) -> str:
    """Return a string."""
    if type(value) is not str:
        _refuse(what, "is not a text")
    return value


def truth(value: object, what: str) -> bool:
    """Return true or false; 0 and 1 are neither."""
    if type(value) is not bool:
        _refuse(what, "is not true or false")
    return value


def integer(value: object, what: str) -> int:
    """Return a whole number below ``WHOLE_LIMIT`` in size; true is none."""
    if type(value) is not int:
        _refuse(what, "is not a whole number")
    if abs(value) >= WHOLE_LIMIT:
        _refuse(what, f"is not below {WHOLE_LIMIT} in size")
    return value


def integers(value: object, what: str) -> NDArray[np.int64]:
    """Return a list of whole numbers as (q,) int64."""
    items = listed(value, what)
    if not set(map(type, items)) <= {int}:
        _refuse(what, "is not a list of whole numbers")
    try:
        return np.array(items, np.int64)
    except OverflowError:
        _refuse(what, f"holds a number that is not below {WHOLE_LIMIT} in size")


def shown(foreign: str) -> str:
    """Return foreign text as a refusal may repeat it: one short line that no terminal obeys."""
    plain = ascii(foreign)[1:-1]
    return plain if len(plain) <= 120 else plain[:117] + "..."


def _refuse(what: str, fault: str) -> NoReturn:
    raise FormatError(f"{what} {fault}")
