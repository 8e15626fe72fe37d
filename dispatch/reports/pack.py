"""A month as the public may have it: policies, code version, proofs without names, figures, and what checks them."""

import hashlib
import io
import json
import zipfile
from importlib.metadata import version
from importlib.resources import files
from typing import Any, NamedTuple

from dispatch.reports.equity import FEWEST
from dispatch.reports.self_check import FORMAT, MANIFEST
from dispatch.reports.telling import About, Told, to_document

VERIFIER = (
    "checks",
    "exact",
    "pairs",
    "problem",
    "proof/__init__",
    "proof/bounds",
    "proof/claim",
    "proof/files",
    "proof/untrusted",
    "proof/verify",
    "solution",
    "threads",
)
"""Modules of the optimizer that a check of a proof needs; none knows a solver."""

# fmt: off
PUBLIC = {
    # report               rows about fewer than ten of this column are left out
    "deadlines":          "granted",
    "time_to_assign":     "cases",
    "wishes":             "named",
    "load":               "people",
    "lorenz":             None,
    "hindsight":          "compared",
    "quality":            "seats",
    "quality_categories": "seats",
    "equity":             "cases",
    "acceptance":         "made",
    "grab":               "posted",
}
# fmt: on

README = """# 法律援助指派透明度数据包 Transparency pack of legal aid dispatch

{centre} · {month}

本包含：当月生效的政策全文（`policies/`，文件名为版本，SHA-256 即政策摘要）、
当月每个匹配批次的匿名实例与最优性证书（`runs/`）、当月公开统计（`figures.json`），以及核验程序。
核验只需 Python 与 NumPy，不需要数据库、求解器或网络：

    python3 PACK.zip

批次中的案件、人员、机构与属性均按秘密种子重新排序编号，不同批次、不同月份之间编号不能相互对应；
没有姓名、证号、案号和文字。少于 {fewest} 件（人）的统计不公布。
一名承办人员的属性分值在各批次中相同，熟悉公开名册的人可能据此认出；受援人一方只有无名的列。

This pack holds the policies in force in the month (`policies/`, named by version; their SHA-256 is the digest), the
anonymous instance and the certificate of every matching run (`runs/`), the month's public figures (`figures.json`),
and the verifier. Checking takes Python and NumPy only, no database, solver or network:

    python3 PACK.zip

Cases, people, institutions and terms of each run are ordered anew by a secret seed, so that no number of one run means
anything in another, in this pack or the next; there are no names, licence or case numbers, and no texts. Figures about
fewer than {fewest} are left out. The levels of a practitioner are the same in every run and may be recognised by who
knows the published list; of recipients there are only columns without names.

Code 程序版本: {code} · SHA-256 of its sources 源码摘要: {sources}
"""


class PolicyDocument(NamedTuple):
    """A policy version and its whole text as canonical JSON."""

    version: int
    name: str
    digest: str
    content: bytes


class Proven(NamedTuple):
    """A run under names of its own, and what it proves."""

    content: bytes
    policy: int
    objective: int
    bound: int
    optimal: bool


def pack(about: About, month: str, told: list[Told], policies: list[PolicyDocument], proofs: list[Proven]) -> bytes:
    """Return the pack; the same parts give the same bytes."""
    code = {"version": version("legal-aid-dispatch"), "sources": source_digest()}
    ordered = sorted(proofs, key=lambda proof: hashlib.sha256(proof.content).digest())
    runs = {f"runs/{number:04}.zip": proof for number, proof in enumerate(ordered, start=1)}
    texts = {f"policies/{each.version:04}.json": each for each in policies}
    words = {"centre": about.centre, "month": month, "fewest": FEWEST, "code": code["version"]}
    parts = {
        "README.md": README.format(**words, sources=code["sources"]).encode(),
        "figures.json": _json(to_document(about, [public(each) for each in told])),
        **{name: proof.content for name, proof in runs.items()},
        **{name: text.content for name, text in texts.items()},
        **verifier(),
    }
    manifest = {
        "format": FORMAT, "centre": about.centre, "month": month, "code": code,
        "policies": [{"file": name, "version": each.version, "name": each.name, "digest": each.digest}
                     for name, each in texts.items()],
        "runs": [{"file": name, "policy_version": proof.policy, "objective": proof.objective, "bound": proof.bound,
                  "optimal": proof.optimal} for name, proof in runs.items()],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(parts.items())},
    }  # fmt: skip
    return zipped({MANIFEST: _json(manifest), **parts})


def public(told: Told) -> Told:
    """Return a report without the rows that tell of few."""
    counted = PUBLIC[told.report.code]
    place = next((k for k, column in enumerate(told.columns) if column.code == counted), None)
    return told if place is None else told._replace(rows=[row for row in told.rows if _many(row[place])])


def verifier() -> dict[str, bytes]:
    """Return the modules that check the pack, and the one that is run."""
    sources = files("optimizer")
    modules = {f"optimizer/{name}.py": sources.joinpath(f"{name}.py").read_bytes() for name in VERIFIER}
    return {
        "__main__.py": files("dispatch.reports").joinpath("self_check.py").read_bytes(),
        "optimizer/__init__.py": b'"""The part of the optimizer that checks proofs."""\n',
        **modules,
    }


def source_digest() -> str:
    """Return the SHA-256 of everything that decides: the sources of both packages, by name."""
    seal = hashlib.sha256()
    for package in ("dispatch", "optimizer"):
        for name, content in sorted(_sources(files(package), package)):
            seal.update(f"{name} {len(content)}\n".encode() + content)
    return seal.hexdigest()


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return the parts as one file without any clock time in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as container:
        for name, part in sorted(parts.items()):
            container.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _sources(folder: Any, name: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            found += _sources(entry, path)
        elif entry.name.endswith((".py", ".toml")):
            found.append((path, entry.read_bytes()))
    return found


def _many(cell: Any) -> bool:
    return cell is not None and cell >= FEWEST


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
