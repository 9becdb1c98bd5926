"""What a worker answers, and does, for whoever can write to Redis and knows nothing else."""

from celery import Celery

from tests.faults.house import PAPERS
from tests.faults.servers import eventually
from tests.faults.signals import ask_for_dossier
from tests.faults.test_queue_gone import exports
from tests.faults.world import standing_still

SECRET = "wachtwoord-van-de-kopie"
TELLS = ("conf", "report", "stats", "active", "registered", "scheduled")
DOES = {
    "cancel_consumer": {"queue": "celery"},
    "rate_limit": {"task_name": "cases.dossier.tasks.make_dossier", "rate_limit": "1/d"},
    "shutdown": {},
}


def test_it_says_that_it_is_there_and_works_on(house, redis, opened):
    house.environment["REPLICA_URL"] = house.environment["DATABASE_URL"].replace(
        "://", f"://lezer:{SECRET}@", 1
    )
    case, *__ = standing_still()
    web, worker = house.web(), house.worker()
    with Celery(broker=redis.address, set_as_current=False) as app:
        eventually(app.control.inspect(timeout=2).ping)
        for what in TELLS:
            said = app.control.broadcast(what, reply=True, timeout=1, limit=1)
            assert not said or all("error" in one for each in said for one in each.values()), said
            assert SECRET not in str(said)
        for what, arguments in DOES.items():
            app.control.broadcast(what, arguments, reply=True, timeout=1, limit=1)
    ask_for_dossier(opened(case.responsible), case)
    house.ask(PAPERS)
    eventually(lambda: exports() == ["ready"])
    assert worker.runs()
    assert web.runs()
