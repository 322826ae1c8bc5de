"""An importer killed (SIGKILL) again and again: what it goes on with makes no case twice and leaves none out."""

from __future__ import annotations

import multiprocessing
from random import SystemRandom

from sqlalchemy import select

from engine import Engine
from engine.importing import start
from engine.store import tables
from tests.engine.evidence import assert_whole
from tests.engine.importing.killed import go_on
from tests.engine.importing.sheets import batch_of, brought, cases, rows_of, sheet, staged, statuses
from tests.engine.whole import assert_every_event_is_whole

ROWS, KILLS = 150, 8

processes = multiprocessing.get_context("forkserver")


def test_an_import_killed_again_and_again_ends_with_as_many_cases_as_rows(toy: Engine) -> None:
    random = SystemRandom()
    batch = staged(toy, sheet(ROWS))
    assert start(toy, batch, good_only=False)
    url = toy.database.url.render_as_string(hide_password=False)
    grown, killed = [0], 0
    for _ in range(KILLS):
        importer = processes.Process(target=go_on, args=(url, batch.id, 7))
        importer.start()
        aim = grown[-1] + random.randint(1, 12)
        while importer.is_alive() and cases(toy) < aim:
            importer.join(random.random() / 100)
        killed += importer.is_alive()
        importer.kill()
        importer.join()
        grown.append(cases(toy))
    assert killed == KILLS
    assert 0 < grown[-1] < ROWS
    go_on(url, batch.id, 7)
    assert (cases(toy), statuses(toy, batch)) == (ROWS, {"received": ROWS})
    assert batch_of(toy, batch.id).wrapped is None
    assert_every_event_is_whole(toy.database)
    for row in rows_of(toy, batch, "received")[:: ROWS // 10]:
        assert_whole(toy, row.case_id)
    assert statuses(toy, brought(toy, sheet(ROWS))) == {"already": ROWS}
    with toy.database.read() as connection:
        assert len(connection.execute(select(tables.command.c.id)).all()) == ROWS
