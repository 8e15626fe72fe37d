"""A tick asks for what is open, through an index; what is over is not read, however many years of it there are."""

import pytest

from testbed.plans import listening, walks
from workers.schedule import PERIODIC


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("task", PERIODIC, ids=lambda each: each.name)
def test_task_of_the_scheduler_reads_no_table_that_grows_with_the_years_whole(office, task):
    with listening(office.register.engine) as asked:
        task.perform(office.context, office.now)

    assert walks(office.register.engine, list(asked)) == []
