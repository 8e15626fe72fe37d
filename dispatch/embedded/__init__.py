"""Servers and processes of our own, for machines that have none: Redis, PostgreSQL, a supervisor."""
