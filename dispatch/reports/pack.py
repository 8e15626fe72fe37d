"""A month as the public may have it: policies, code version, results of runs, figures, and what checks them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from importlib.metadata import version
from importlib.resources import files
from typing import Any, NamedTuple

from dispatch.domain.law.citations import cite, in_words
from dispatch.domain.log.records import Head
from dispatch.domain.policy.schema import Policy
from dispatch.reports.equity import FEWEST
from dispatch.reports.rendering import About, RenderedReport, to_document
from dispatch.reports.self_check import FORMAT, MANIFEST

VERIFIER = (
    "checks",
    "exact",
    "pairs",
    "problem",
    "proof/__init__",
    "proof/bounds",
    "proof/claim",
    "proof/files",
    "proof/recount",
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

依据{basis_zh}公布。数据包中有：当月施行的指派方案全文（`policies/`，文件名为版本号；发布时试算依据的周数、案件和人员数
见`manifest.json`）及其各项依据
（`sources.json`）、当月各匹配批次的结果（`manifest.json`，其中有此前对相同案件匹配的次数、只匹配或者只采纳一部分的件数
及其理由的校验值、事先公布的抽签校验值和已经公开的抽签密钥；以后日期的抽签校验值也在其中，可以留存备查）、当月公开统计（`figures.json`）、审计日志每日校验值（`log.json`）
和核验程序。
理由全文和作出决定的用户存于本机构：按“时间 用户标识 理由”计算 SHA-256，即可核对所出示的理由是否当时所记。
每个文件都有 SHA-256 校验值。核验只需 Python 和 NumPy，不需要数据库和网络：

    python3 PACK.zip

保存审计日志每日校验值的人，可以发现此前的记录是否被删除或者更改。使用系统的人可以核验本人的记录确在其中，
而看不到他人的记录（`own.json`为接口`/v1/me/log`的答复；只需 Python）：

    python3 check_entries.py own.json log.json

没有姓名、证号、案件编号和案情等文字。少于{fewest}件（人）的统计不公布。
{scores_zh}

Published under the {basis_en}. This pack holds the policies in force in the month (`policies/`, named by version;
how many weeks, cases and people the back-test of each rested on is in `manifest.json`) and what each of their fields
rests on (`sources.json`), the result of every matching run (`manifest.json`: also how
often its cases had been matched before, how many were left out and the digest of the reason, the draws as they were
published beforehand and opened since, and the digests of draws of days to come, to be kept), the month's public figures
(`figures.json`), the digests of the log day by day (`log.json`) and the verifier. A reason, and whose it is, are kept
at the institution: the SHA-256 of "moment user reason" tells whether what is shown there was written at the time.
Each file has its SHA-256. Checking takes Python and NumPy only, no database and no network:

    python3 PACK.zip

Whoever keeps the digests can tell whether anything written before was removed or changed. Who uses the service can
check that their own entries are in it without seeing those of others (`own.json` is the answer of `/v1/me/log`;
Python alone is needed):

    python3 check_entries.py own.json log.json

There are no names, licence or case numbers, and no texts. Figures about fewer than {fewest} are left out.
{scores_en}

程序版本 Code: {code} · 程序校验值 SHA-256 of its sources: {sources}
"""

SCORES = {
    False: (
        """各批次的最优性证明含有承办人员的分值，不在本数据包中；
`manifest.json` 载有每份证明的 SHA-256 校验值，可以在本机构查阅原件并核对。""",
        """The proofs of the runs hold the scores of practitioners and are not in this pack; `manifest.json` has the
SHA-256 of each, by which a proof that is shown at the institution can be told to be the one meant here.""",
    ),
    True: (
        """经本机构负责人决定，公开各批次的去标识化数据和最优性证明（`runs/`），以及计算分值所依据的事实
（`facts/`），核验程序据此和指派方案重新计算每一对案件与人员的分值，并核对每件案件的承办名额。案件、人员、机构
和各项取值均按保密的随机数重新排序编号，不同批次、不同月份之间编号不能相互对应；受援人信息不含姓名等标识，只有
数值列。不符合指派条件的人员所依据的登记信息、各人的可承办件数和均衡轮次的扣分不在其中，可以在本机构核对。
同一承办人员的分值在各批次中相同，熟悉公开名册的人可能据此认出本人。""",
        """By decision of the head of the institution it also holds the data of every run without names and its proof
(`runs/`), and the facts its scores are made of (`facts/`), from which and from the policy the verifier counts the score
of every pair anew, and holds each case to the practitioners it needs. Cases, people, institutions and values of each
run are ordered anew by a secret seed, so that no number of one run means anything in another, in this pack or the next;
of recipients there are only columns without names. Why somebody is refused, how many cases each may take and what is
taken off for turns already had rest on records that are not in it and are shown at the institution. The scores of a
practitioner are the same in every run and may be recognised by who knows the published list.""",
    ),
}
"""What the reader is told of the scores of practitioners, left out or published."""


BASIS = cite("legal_aid_law", 58)
"""Centres publish regularly how money is used, cases are handled and quality is assessed."""


class PolicyDocument(NamedTuple):
    """A policy version and its whole text as canonical JSON."""

    version: int
    name: str
    digest: str
    content: bytes
    evidence: dict[str, Any] | None = None
    """What the back-test it was published by rested on; none of a centre's first."""


class Proven(NamedTuple):
    """A run under names of its own, and what it proves."""

    content: bytes
    facts: bytes
    """What its scores are counted from."""
    policy: int
    objective: int
    bound: int
    optimal: bool
    docket: str
    """Digest of the docket as the institution keeps it."""
    draw_on: str
    seed: int
    repeats: int
    """How many earlier runs had seen any of its cases."""
    exceptions: list[dict[str, Any]]


class PublishedDraw(NamedTuple):
    """The draw of a day: a later one by its commitment alone; of one that was not published ahead, that is blank."""

    on: date
    commitment: str
    committed_at: datetime | None
    secret: str


def pack(
    about: About,
    month: str,
    rendered: list[RenderedReport],
    policies: list[PolicyDocument],
    proofs: list[Proven],
    heads: Sequence[Head] = (),
    draws: Sequence[PublishedDraw] = (),
    *,
    scores: bool,
) -> bytes:
    """Return the pack, with the proofs or with their digests only; the same parts give the same bytes."""
    code = {"version": version("legal-aid-dispatch"), "sources": source_digest()}
    ordered = sorted(proofs, key=lambda proof: hashlib.sha256(proof.content).digest())
    runs = {f"{number:04}": proof for number, proof in enumerate(ordered, start=1)}
    texts = {f"policies/{each.version:04}.json": each for each in policies}
    parts = {
        "README.md": _readme(about.centre, month, code, scores=scores).encode(),
        "sources.json": _json({name: _policy_sources(text) for name, text in texts.items()}),
        "log.json": _json({"items": [head.published() for head in heads]}),
        "check_entries.py": files("dispatch.reports").joinpath("check_entries.py").read_bytes(),
        "figures.json": _json(to_document(about, [public(each) for each in rendered])),
        **{f"runs/{name}.zip": proof.content for name, proof in runs.items() if scores},
        **{f"facts/{name}.json": proof.facts for name, proof in runs.items() if scores},
        **{name: text.content for name, text in texts.items()},
        **verifier(),
    }
    manifest = {
        "format": FORMAT, "centre": about.centre, "month": month, "code": code, "proofs": scores,
        "policies": [{"file": name, "version": each.version, "name": each.name, "digest": each.digest,
                      "evidence": _rested_on(each.evidence)}
                     for name, each in texts.items()],
        "draws": [{"on": draw.on.isoformat(), "commitment": draw.commitment, "secret": draw.secret,
                   "committed_at": draw.committed_at.isoformat() if draw.committed_at else ""} for draw in draws],
        "runs": [_run(name, proof) for name, proof in runs.items()],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(parts.items())},
    }  # fmt: skip
    return zipped({MANIFEST: _json(manifest), **parts})


def _rested_on(evidence: dict[str, Any] | None) -> dict[str, Any] | None:
    return evidence and {name: evidence[name] for name in ("source", "since", "until", "weeks", "cases", "people")}


def _run(name: str, proof: Proven) -> dict[str, Any]:
    return {
        "file": f"runs/{name}.zip", "digest": hashlib.sha256(proof.content).hexdigest(),
        "facts": f"facts/{name}.json", "facts_digest": hashlib.sha256(proof.facts).hexdigest(),
        "policy_version": proof.policy, "objective": proof.objective, "bound": proof.bound, "optimal": proof.optimal,
        "docket_digest": proof.docket, "draw_on": proof.draw_on, "seed": proof.seed, "repeats": proof.repeats,
        "exceptions": proof.exceptions,
    }  # fmt: skip


def _readme(centre: str, month: str, code: dict[str, str], *, scores: bool) -> str:
    zh, en = SCORES[scores]
    basis = in_words(BASIS)
    return README.format(
        basis_zh=basis["zh"], basis_en=basis["en"], centre=centre, month=month, fewest=FEWEST, code=code["version"],
        sources=code["sources"], scores_zh=zh, scores_en=en,
    )  # fmt: skip


def _policy_sources(text: PolicyDocument) -> dict[str, dict[str, str]]:
    return Policy.from_document(json.loads(text.content)).sources_in_words()


def public(rendered: RenderedReport) -> RenderedReport:
    """Return a report without the rows that tell of few."""
    counted = PUBLIC[rendered.report.code]
    place = next((k for k, column in enumerate(rendered.columns) if column.code == counted), None)
    return rendered if place is None else rendered._replace(rows=[row for row in rendered.rows if _many(row[place])])


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
