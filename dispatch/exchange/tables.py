"""Every table of columns by its kind."""

from dispatch.exchange.case_columns import CASES
from dispatch.exchange.columns import Kind, Table
from dispatch.exchange.roster_columns import AREAS, INSTITUTIONS, PRACTITIONERS

TABLES: dict[Kind, Table] = {table.kind: table for table in (AREAS, INSTITUTIONS, PRACTITIONERS, CASES)}
