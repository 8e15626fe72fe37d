"""Solving and proving from files, without a database."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.markup import escape

from dispatch.cli.output import REFUSED, err, language, localize, name_of, out, rendered


def solve_file(file: Path, target: Path | None) -> None:
    """Solve an exported proof or instance anew, or a docket, verify the result, and print whom each case gets."""
    from optimizer.proof.untrusted import is_archive, read

    with answered(localize("未求解", "not solved")):
        with usable(file):
            content = read(file)
        solve_instance(content, target) if is_archive(content) else solve_docket(content, target)


def solve_instance(content: bytes, target: Path | None) -> None:
    """Solve an anonymous instance, alone (npz) or out of a proof (zip), and verify the result."""
    from optimizer import load_problem, solve, verify
    from optimizer.proof.files import save

    problem = load_problem(io.BytesIO(content))
    solution = solve(problem)
    verify(problem, solution)
    if target:
        with usable(target):
            save(target, problem, solution)
    for i, j in zip(solution.rows.tolist(), solution.cols.tolist(), strict=True):
        out.print(f"{i} {j}", highlight=False, markup=False)
    _report(solution)


def solve_docket(content: bytes, target: Path | None) -> None:
    """Match a docket's cases, verify the result, and print whom each case gets."""
    from dispatch.commands.runs.proofs import pack_proof, prove
    from dispatch.domain.docket.docket import Docket
    from dispatch.domain.docket.json import docket_from_json
    from dispatch.domain.eligibility.table import eligible
    from dispatch.modes.optimized import match, reasons

    docket = Docket.build(*docket_from_json(content))
    eligibility = eligible(docket)
    found = match(docket, eligibility)
    prove(found)
    if target:
        with usable(target):
            target.write_bytes(pack_proof(found))
    for reason in reasons(docket, eligibility, found, alternatives=0):
        out.print(f"{reason.case_id} {reason.seat} {reason.practitioner_id or '-'}", highlight=False, markup=False)
    _report(found.solution)


def verify_file(file: Path) -> None:
    """Check the certificate in a file by code that shares nothing with the solver."""
    from optimizer.proof.files import load
    from optimizer.proof.verify import verify

    with answered(localize("未证明", "not proven")):
        with usable(file):
            problem, solution = load(file)
        verify(problem, solution)
    _report(solution)


@contextmanager
def answered(verdict: str) -> Iterator[None]:
    """End with 1 and one line, the verdict and why, where a file is not what it has to be."""
    from dispatch.domain.errors import DispatchError
    from optimizer.proof.files import FormatError
    from optimizer.proof.verify import CertificateError

    try:
        yield
    except FormatError as fault:
        _refuse(verdict, localize(f"文件无效，请核对是否为本系统导出的文件（技术信息：{fault}）", str(fault)))
    except CertificateError as fault:
        _refuse(verdict, localize(f"最优性证明不成立，请勿据此采纳（技术信息：{fault}）", str(fault)))
    except MemoryError:
        _refuse(verdict, localize("内存不足", "it takes more memory than there is"))
    except DispatchError as fault:
        facts = (localize(f"{name_of(name)}：", f"{name}: ") + rendered(value) for name, value in fault.facts.items()
                 if value not in (None, [], {}))  # fmt: skip
        _refuse(verdict, localize("；", "; ").join((fault.title(language()), *facts)))


@contextmanager
def usable(file: Path) -> Iterator[None]:
    """End with 2 where a file cannot be read or written at all: nothing was judged, the command was wrong."""
    try:
        yield
    except OSError as fault:
        raise typer.BadParameter(f"{file}: {fault.strerror}") from None


def _refuse(verdict: str, why: str) -> NoReturn:
    line = " ".join(f"{verdict}{localize('：', ': ')}{why}".split())
    err.print(f"[bold red]{escape(line)}[/]", soft_wrap=True, highlight=False)
    raise typer.Exit(REFUSED)


def _report(solution: Any) -> None:
    assigned, still_open = len(solution.rows), int(solution.open.sum())
    proven = localize("已证明最优", "proven best") if solution.optimal else localize("未证明最优", "not proven best")
    objective, bound = int(solution.objective), int(solution.bound)
    zh = f"核验通过：已指派{assigned}个名额，未指派{still_open}个；总分{objective}，理论上限{bound}，{proven}。"
    en = f"Verified: {assigned} assigned, {still_open} open, objective {objective}, bound {bound}, {proven}."
    out.print(localize(zh, en))
