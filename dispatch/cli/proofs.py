"""Solving and proving from files, without a database."""

from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from dispatch.cli.manners import out, refuse, say


def solve_file(file: Path, target: Path | None) -> None:
    """Solve an exported proof or instance anew, or a docket, verify the result, and print whom each case gets."""
    solve_instance(file, target) if is_zipfile(file) else solve_docket(file, target)


def solve_instance(file: Path, target: Path | None) -> None:
    """Solve an anonymous instance, alone (npz) or out of a proof (zip), and verify the result."""
    from optimizer import load_problem, solve, verify
    from optimizer.files import FormatError, load, save

    try:
        problem = load_problem(file)
    except FormatError:
        problem, _ = load(file)
    solution = solve(problem)
    verify(problem, solution)
    if target:
        save(target, problem, solution)
    for i, j in zip(solution.rows.tolist(), solution.cols.tolist(), strict=True):
        out.print(f"{i} {j}", highlight=False, markup=False)
    _conclude(solution)


def solve_docket(file: Path, target: Path | None) -> None:
    """Match a docket's cases, verify the result, and print whom each case gets."""
    from dispatch.commands.proofs import pack_proof, prove
    from dispatch.domain.docket.docket import Docket
    from dispatch.domain.docket.json import docket_from_json
    from dispatch.domain.eligibility.table import eligible
    from dispatch.modes.optimized import match, reasons

    docket = Docket.build(*docket_from_json(file.read_bytes()))
    eligibility = eligible(docket)
    found = match(docket, eligibility)
    prove(found)
    if target:
        target.write_bytes(pack_proof(found))
    for told in reasons(docket, eligibility, found, alternatives=0):
        out.print(f"{told.case_id} {told.seat} {told.practitioner_id or '-'}", highlight=False, markup=False)
    _conclude(found.solution)


def verify_file(file: Path) -> None:
    """Check the certificate in a file by code that shares nothing with the solver."""
    from optimizer.files import load
    from optimizer.verify import CertificateError, verify

    try:
        problem, solution = load(file)
        verify(problem, solution)
    except (CertificateError, ValueError, KeyError, OSError) as fault:
        refuse(say("证书不能证明该指派结果", "The certificate does not prove this assignment"), {"reason": str(fault)})
    _conclude(solution)


def _conclude(solution: Any) -> None:
    assigned, still_open = len(solution.rows), int(solution.open.sum())
    proven = say("已证明最优", "proven best") if solution.optimal else say("未证明最优", "not proven best")
    objective, bound = int(solution.objective), int(solution.bound)
    zh = f"已核验：指派 {assigned}，未指派 {still_open}，目标值 {objective}，上界 {bound}，{proven}。"
    en = f"Verified: {assigned} assigned, {still_open} open, objective {objective}, bound {bound}, {proven}."
    out.print(say(zh, en))
