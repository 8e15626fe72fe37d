"""Exact matching of cases and practitioners on arrays; knows no case, no lawyer, no database."""

from optimizer.pairs import Pairs
from optimizer.problem import Problem
from optimizer.solution import Solution
from optimizer.solve import solve
from optimizer.verify import CertificateError, verify
from optimizer.watch import CancelledError, Progress

__all__ = ["CancelledError", "CertificateError", "Pairs", "Problem", "Progress", "Solution", "solve", "verify"]
