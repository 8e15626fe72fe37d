"""Exact matching of cases and practitioners on arrays; knows no case, no lawyer, no database."""

from optimizer.analysis.rank import Ranking, learn_prices, rank
from optimizer.analysis.repair import Point, trade_off
from optimizer.pairs import Pairs
from optimizer.problem import Problem, held
from optimizer.proof.files import FormatError, load_problem, load_solution, save_problem, save_solution
from optimizer.proof.verify import CertificateError, verify
from optimizer.solution import Certificate, Coverage, Proof, Solution
from optimizer.solver.solve import solve
from optimizer.watch import CancelledError, Progress

__all__ = [
    "CancelledError",
    "Certificate",
    "CertificateError",
    "Coverage",
    "FormatError",
    "Pairs",
    "Point",
    "Problem",
    "Progress",
    "Proof",
    "Ranking",
    "Solution",
    "held",
    "learn_prices",
    "load_problem",
    "load_solution",
    "rank",
    "save_problem",
    "save_solution",
    "solve",
    "trade_off",
    "verify",
]
