"""Draft a migration from what the tables have and the migrations lack: ``python -m testbed.draft_migration "Add ..."``.

The difference is taken on a real PostgreSQL, which knows partial indexes and types that SQLite does not.
"""

import sys

from alembic import command

from dispatch.registry import migrate
from testbed import postgres


def main(title: str) -> None:
    """Write the revision beside the others; it is read by a person before it is kept."""
    with postgres.running() as url:
        migrate.upgrade(url)
        command.revision(migrate.make_config(url), title, autogenerate=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('Say what it does: make migration TITLE="add ..."')
    main(sys.argv[1])
