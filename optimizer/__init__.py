"""Exact matching of cases and practitioners on arrays; knows no case, no lawyer, no database."""

from optimizer.problem import Pairs, Problem
from optimizer.solution import Solution
from optimizer.solve import solve
from optimizer.verify import CertificateError, verify

__all__ = ["CertificateError", "Pairs", "Problem", "Solution", "solve", "verify"]
