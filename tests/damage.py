"""Files as an accident or an enemy leaves them: bytes changed anywhere, and single lies told with care."""

import io
import json
import struct
import zipfile
from functools import cache

import numpy as np

from optimizer import Pairs, solve
from optimizer.proof.files import CLAIM, INSTANCE, save
from tests.optimizer.builders import a_problem


@cache
def a_proof():
    """The bytes of a true proof in which every array has something in it."""
    problem = a_problem(
        bonus=Pairs([0], [1], [3]),
        barred=Pairs([2], [0]),
        institution=np.array([0, -1]),
        institution_capacity=np.array([3]),
        exclusive=(np.array([0, 1]),),
        separate=np.array([[0, 2]]),
    )
    content = io.BytesIO()
    save(content, problem, solve(problem))
    return content.getvalue()


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries, method=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, entry in entries:
            archive.writestr(zipfile.ZipInfo(name), entry, method)
    return content.getvalue()


def with_part(name, change):
    """The proof with one part, or one array of its problem, changed and packed again as it should be."""
    outer = parts(a_proof())
    if name in outer:
        return packed((outer | {name: change(outer[name])}).items())
    inner = parts(outer[INSTANCE])
    return packed((outer | {INSTANCE: packed((inner | {name: change(inner[name])}).items())}).items())


def damaged(draw, content):
    """Flip a bit, change a byte, cut some out, put some in, or cut the rest off, at a drawn place."""
    changed, at, length = bytearray(content), int(draw.integers(len(content))), int(draw.integers(1, 9))
    match draw.integers(5):
        case 0:
            changed[at] ^= 1 << int(draw.integers(8))
        case 1:
            changed[at] = int(draw.integers(256))
        case 2:
            del changed[at : at + length]
        case 3:
            changed[at:at] = draw.bytes(length)
        case 4:
            del changed[at:]
    return bytes(changed)


def damaged_proof(draw):
    """The proof damaged as it lies on disk, or inside a part, where no checksum of the archive notices."""
    names = ["", CLAIM, *parts(parts(a_proof())[INSTANCE])]
    kind = draw.integers(3)
    name = names[kind if kind < 2 else draw.integers(2, len(names))]
    return with_part(name, lambda part: damaged(draw, part)) if name else damaged(draw, a_proof())


def claim(**changes):
    """The proof with these values in its claim, written as they stand."""
    return with_part(CLAIM, lambda part: json.dumps(json.loads(part) | changes).encode())


def certificate(**changes):
    document = json.loads(parts(a_proof())[CLAIM])
    return claim(certificate=document["certificate"] | changes)


def leaf(**changes):
    document = json.loads(parts(a_proof())[CLAIM])
    return certificate(leaves=[document["certificate"]["leaves"][0] | changes])


def claim_text(text):
    return with_part(CLAIM, lambda _: text)


def array(name, values):
    content = io.BytesIO()
    np.lib.format.write_array(content, values)
    return with_part(f"{name}.npy", lambda _: content.getvalue())


def npy(name, header, body=b"", version=b"\x01\x00"):
    """The proof with one array under a header of our own."""
    text = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    return with_part(f"{name}.npy", lambda _: b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + body)


def shaped(shape, descr="<i8", fortran=False):
    return f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}"


def header_text(text):
    return array("header", np.array(text))


def flagged(offset, value, width="<H"):
    """The proof with a field of every entry of its directory overwritten."""
    content = bytearray(a_proof())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into(width, content, at + offset, value)
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def twice():
    """The proof with a second entry under the name of its first."""
    return packed([*parts(a_proof()).items(), ("PROBLEM.npz", b"")]).replace(b"PROBLEM.npz", INSTANCE.encode())


def inner(change):
    return with_part(INSTANCE, lambda part: packed(change(parts(part)).items()))


# fmt: off
HOSTILE = {
    # what it is                            what the refusal names            its bytes
    "nothing":                            ("cannot be unpacked",                lambda: b""),
    "a text":                             ("cannot be unpacked",                lambda: b"no zip at all"),
    "a list":                             ("cannot be unpacked",                lambda: b"[]"),
    "an archive of nothing":              ("lacks problem.npz",                 lambda: packed([])),
    "an archive without a claim":         ("lacks solution.json",               lambda: packed([(INSTANCE, b"")])),
    "an archive with more":               ("unknown part, x\\n",                lambda: packed([*parts(a_proof()).items(), ("x\n", b"")])),
    "an entry twice":                     ("two entries of one name",           twice),
    "a crowd of entries":                 ("more than 64 entries",              lambda: packed((str(k), b"") for k in range(99))),
    "an encrypted entry":                 ("is encrypted",                      lambda: flagged(8, 1)),
    "a strongly encrypted entry":         ("is encrypted",                      lambda: flagged(8, 0x41)),
    "a patch":                            ("is encrypted or a patch",           lambda: flagged(8, 0x20)),
    "another packing":                    ("method 12",                         lambda: packed(parts(a_proof()).items(), zipfile.ZIP_BZIP2)),
    "an unknown packing":                 ("method 97",                         lambda: flagged(10, 97)),
    "a bomb that says so":                ("unpacks to more than",              lambda: flagged(24, 2**31, "<I")),
    "a bomb that does not":               ("Bad CRC-32",                        lambda: flagged(24, 5, "<I")),
    "a directory elsewhere":              ("cannot be unpacked",                lambda: flagged(42, 2**31, "<I")),
    "the first half":                     ("cannot be unpacked",                lambda: a_proof()[: len(a_proof()) // 2]),
    "a claim that is null":               ("the solution is not an object",     lambda: claim_text(b"null")),
    "a claim that is a list":             ("the solution is not an object",     lambda: claim_text(b"[]")),
    "a claim in other letters":           ("no JSON text",                      lambda: claim_text(b"\xff{}")),
    "a claim without an end":             ("no JSON text",                      lambda: claim_text(b'{"rows": [')),
    "a claim a hundred thousand deep":    ("nested too deeply",                 lambda: claim_text(b"[" * 100_000)),
    "a claim of objects as deep":         ("nested too deeply",                 lambda: claim_text(b'{"a":' * 100_000)),
    "a claim of millions of lists":       ("parts",                             lambda: claim_text(b"[]," * 2**23)),
    "a number of many digits":            ("no JSON text",                      lambda: claim_text(b"9" * 5_000)),
    "a key twice":                        ("a key twice",                       lambda: claim_text(b'{"rows": [], "rows": []}')),
    "a claim of another format":          ("not of format",                     lambda: claim(format="another")),
    "a claim of another version":         ("not of format",                     lambda: claim(version=9)),
    "a version that is true":             ("version is not a whole",            lambda: claim(version=True)),
    "an unknown key":                     ("unknown part, charm",               lambda: claim(charm=1)),
    "an infinite value":                  ("Infinity is not a whole number",    lambda: claim(objective=float("inf"))),
    "a value that is none":               ("NaN is not a whole number",         lambda: claim(bound=float("nan"))),
    "a value with a fraction":            ("40.9 is not a whole number",        lambda: claim(objective=40.9)),
    "a value in quotes":                  ("objective is not a whole number",   lambda: claim(objective="40")),
    "a value that is true":               ("bound is not a whole number",       lambda: claim(bound=True)),
    "a value beyond 64 bits":             ("bound is not below",                lambda: claim(bound=2**63)),
    "a word for truth":                   ("optimal is not true or false",      lambda: claim(optimal="no")),
    "a number for truth":                 ("optimal is not true or false",      lambda: claim(optimal=1)),
    "rows that are null":                 ("rows is not a list",                lambda: claim(rows=None)),
    "rows in quotes":                     ("rows is not a list",                lambda: claim(rows="01")),
    "rows of truth":                      ("rows is not a list of whole",       lambda: claim(rows=[False, True])),
    "rows of lists":                      ("rows is not a list of whole",       lambda: claim(rows=[[0], [1]])),
    "rows beyond 64 bits":                ("rows holds a number",               lambda: claim(rows=[2**64, 1])),
    "an empty certificate":               ("certificate lacks instance",        lambda: claim(certificate={})),
    "a seed in quotes":                   ("seed is not a whole number",        lambda: certificate(seed="7")),
    "no leaf":                            ("",                                  lambda: certificate(leaves=[])),
    "leaves that are an object":          ("leaves is not a list",              lambda: certificate(leaves={})),
    "half a character for a seal":        ("seal",                              lambda: certificate(seal="\ud800")),
    "prices of fractions":                ("not a whole number",                lambda: leaf(case_price=[0.5, 1, 1])),
    "a path of two numbers":              ("not of three numbers",              lambda: leaf(path=[[0, 1]])),
    "a path that is flat":                ("path is not a list",                lambda: leaf(path=[0, 1, 1])),
    "group prices that disagree":         ("different lengths",                 lambda: leaf(group_price={"rows": [0], "cols": [], "values": []})),
    "group prices told twice":            ("twice",                             lambda: leaf(group_price={"rows": [0, 0], "cols": [0, 0], "values": [1, 2]})),
    "group prices below nobody":          ("group_price is not valid",          lambda: leaf(group_price={"rows": [-1], "cols": [0], "values": [1]})),
    "a problem that is no archive":       ("the problem cannot be unpacked",    lambda: with_part(INSTANCE, lambda _: b"PK")),
    "a problem that lacks an array":      ("the problem lacks",                 lambda: inner(lambda a: dict(list(a.items())[:-1]))),
    "a problem with one more":            ("unknown part, x.npy",               lambda: inner(lambda a: a | {"x.npy": b""})),
    "objects":                            ("not an array as NumPy",             lambda: npy("demand", shaped("(3,)", "|O"), b"cos\nsystem\n")),
    "a record type":                      ("not an array",                      lambda: npy("demand", "{'descr': [('a', '<i8')], 'fortran_order': False, 'shape': (3,), }", bytes(24))),
    "code in a header":                   ("not an array",                      lambda: npy("demand", "__import__('os').getcwd()", bytes(24))),
    "a header a hundred deep":            ("not an array",                      lambda: npy("demand", "(" * 500, bytes(24))),
    "a header of another version":        ("not an array",                      lambda: npy("demand", shaped("(3,)"), bytes(24), b"\x03\x00")),
    "floats for whole numbers":           ("demand has type <f8",               lambda: array("demand", np.ones(3))),
    "half as many bits":                  ("demand has type <i4",               lambda: array("demand", np.ones(3, np.int32))),
    "big-endian numbers":                 ("demand has type >i8",               lambda: array("demand", np.ones(3, ">i8"))),
    "terms for whole numbers":            ("it must have <i8",                  lambda: array("demand", np.ones(3, np.float32))),
    "text for whole numbers":             ("it must have <i8",                  lambda: array("demand", np.array("three"))),
    "columns first":                      ("column order",                      lambda: array("separate", np.asfortranarray(np.array([[0, 2], [0, 1]])))),
    "a shape of terabytes":               ("its bytes do not fill",             lambda: npy("demand", shaped(f"({2**40},)"))),
    "a shape that overflows":             ("its bytes do not fill",             lambda: npy("demand", shaped(f"({2**32}, {2**32})"))),
    "an axis of terabytes beside none":   ("its bytes do not fill",             lambda: npy("separate", shaped(f"({2**40}, 0)"))),
    "fewer bytes than the shape":         ("its bytes do not fill",             lambda: npy("demand", shaped("(3,)"), bytes(16))),
    "more bytes than the shape":          ("its bytes do not fill",             lambda: npy("demand", shaped("(3,)"), bytes(32))),
    "a case more in one array":           ("demand has shape (4,)",             lambda: array("demand", np.ones(4, np.int64))),
    "terms without a number":             ("case_terms[0, 0] is nan",           lambda: array("case_terms", np.full((3, 2), np.nan, np.float32))),
    "a demand below zero":                ("demand[0] is -1",                   lambda: array("demand", np.full(3, -1))),
    "a changed digit":                    ("the problem is damaged",            lambda: array("open_price", np.full(3, 21))),
    "pairs out of order":                 ("barred is not sorted",              lambda: array("barred", np.array([[2, 0], [0, 0], [0, 0]]))),
    "groups out of order":                ("does not number its groups",        lambda: array("exclusive", np.array([[1, 0], [0, 1]]))),
    "a header that is no text":           ("header is not one text",            lambda: array("header", np.ones(1, np.int64))),
    "a header of half a character":       ("no character",                      lambda: npy("header", shaped("()", "<U1"), b"\x00\xd8\x00\x00")),
    "a header that is no JSON":           ("header is no JSON",                 lambda: header_text("format")),
    "a header that is a list":            ("header is not an object",           lambda: header_text("[]")),
    "a header of another format":         ("not of format",                     lambda: header_text('{"format": "another", "version": 1}')),
    "a header without a digest":          ("lacks digest",                      lambda: header_text('{"format": "legal-aid matching problem", "version": 1}')),
}
# fmt: on
