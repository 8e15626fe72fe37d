from tests.rows import register

__all__ = ["register"]
