"""Workers of one study: reconciling, signs of life, first results, and studies of others."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import optuna
import pytest
from optuna.storages import BaseStorage

from tests.searching import AXES, epoch, goal, goal_of, plan, silent, told
from workbench.measurement import Quantities, Report, Superseded
from workbench.search import identity, taking
from workbench.search.identity import RECORD
from workbench.search.measuring import measure
from workbench.search.plans import Plan
from workbench.search.pulse import Watch, beat
from workbench.search.reading import MOST_TRIES, standing_of
from workbench.search.reconcile import give_up, reconcile
from workbench.search.running import names, search, standing, start, work
from workbench.search.storage import open_storage
from workbench.search.strategies import KEY
from workbench.search.studies import Opened, joined, made
from workbench.search.taking import Taken, take
from workbench.search.values import Standing
from workbench.search.voice import Voice
from workbench.setting import Setting

GRACE = 6.0


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def storage() -> BaseStorage:
    """In memory: what it lacks is only the other process."""
    return open_storage(None)


def now(opened: Opened) -> Standing:
    return standing_of(opened, opened.trials())


def taken(opened: Opened) -> Taken:
    found = take(opened, Voice(opened, silent), opened.trials())
    assert found is not None
    return found


def finish(opened: Opened, trial: Taken, value: float = 0.5) -> None:
    measure(opened, trial, goal(lambda setting, report: told(value)), Voice(opened, silent))


def silence(watch: Watch, clock: Clock, opened: Opened, seconds: float) -> None:
    """Let time pass while the watch looks on, and reconcile."""
    for _look in range(int(2 * seconds) + 1):
        clock.now += 0.5
        reconcile(opened, watch)


def test_reconciling_twice_changes_nothing(storage: BaseStorage) -> None:
    opened = start(plan(), goal(), storage, "s")
    first = [(trial.number, trial.state) for trial in opened.trials()]
    for _again in range(3):
        reconcile(opened, Watch(GRACE))
    assert [(trial.number, trial.state) for trial in opened.trials()] == first
    assert len(first) == now(opened).live == 6


def test_a_trial_whose_worker_dies_before_its_first_sign_of_life_is_run_again(
    storage: BaseStorage,
) -> None:
    """What optuna's heartbeat misses: it stays running for ever."""
    opened, clock = start(plan(trials=1), goal(), storage, "s"), Clock()
    watch = Watch(GRACE, clock)
    opened.study.ask()
    silence(watch, clock, opened, GRACE - 1)
    assert [trial.state for trial in now(opened).trials] == ["running"]
    silence(watch, clock, opened, 2)
    assert [trial.state for trial in now(opened).trials] == ["failed", "waiting"]
    finish(opened, taken(opened))
    assert now(opened).complete == 1


def test_signs_of_life_keep_a_trial_for_its_worker(storage: BaseStorage) -> None:
    opened, clock = start(plan(trials=1), goal(), storage, "s"), Clock()
    watch, trial = Watch(GRACE, clock), taken(opened)
    for _beat in range(10):
        silence(watch, clock, opened, GRACE - 1)
        beat(opened, trial.trial)
    assert [trial.state for trial in now(opened).trials] == ["running"]


def test_time_in_which_the_watch_itself_was_paused_does_not_count(storage: BaseStorage) -> None:
    opened, clock = start(plan(trials=1), goal(), storage, "s"), Clock()
    watch, _trial = Watch(GRACE, clock), taken(opened)
    reconcile(opened, watch)
    clock.now += 1000 * GRACE
    reconcile(opened, watch)
    assert [trial.state for trial in now(opened).trials] == ["running"]


def test_clocks_of_other_machines_are_not_believed(
    storage: BaseStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, clock = start(plan(trials=1), goal(), storage, "s"), Clock()
    watch = Watch(GRACE, clock)
    monkeypatch.setattr("workbench.search.pulse.time", lambda: -clock.now)
    trial = taken(opened)
    for _beat in range(5):
        silence(watch, clock, opened, GRACE - 1)
        beat(opened, trial.trial)
    assert [trial.state for trial in now(opened).trials] == ["running"]


def test_the_second_result_of_a_paused_worker_is_ignored(storage: BaseStorage) -> None:
    opened, clock = start(plan(trials=1), goal(), storage, "s"), Clock()
    watch, paused = Watch(GRACE, clock), taken(opened)
    silence(watch, clock, opened, 2 * GRACE)
    finish(opened, taken(opened), 0.75)
    finish(opened, paused, 0.25)
    found = now(opened)
    assert [trial.quantities["validation_accuracy"].value for trial in found.done] == [0.75]
    assert (found.complete, found.live, found.missing) == (1, 0, 0)


def test_of_two_complete_trials_the_first_to_end_counts(storage: BaseStorage) -> None:
    """Two that run at once, as after a race of two reapers; the older one ends later."""
    opened = start(plan(trials=1), goal(), storage, "s")
    opened.study.enqueue_trial({}, user_attrs={KEY: "slot 0"})
    first, second = opened.study.ask(), opened.study.ask()
    for trial, value in ((second, 0.75), (first, 0.25)):
        trial.suggest_int("learning_rate", 0, 7), trial.suggest_int("batch_size", 0, 6)
        finish(opened, Taken(trial=trial, chosen={"learning_rate": 0.1, "batch_size": 32}), value)
    found = now(opened)
    assert [trial.number for trial in found.done] == [second.number]
    assert found.complete == 1


def test_a_key_that_waits_twice_is_measured_once(storage: BaseStorage) -> None:
    opened, measured = start(plan(trials=3), goal(), storage, "s"), []
    for key in ("slot 0", "slot 1", "slot 2", "slot 1"):
        opened.study.enqueue_trial({}, user_attrs={KEY: key})

    def noted(setting: Setting, report: Report) -> Quantities:
        measured.append(setting)
        return told(0.5)

    ended = search(plan(trials=3), goal(noted), silent, storage, "s")
    assert len(measured) == ended.complete == len(ended.done) == 3
    assert not [trial for trial in ended.trials if trial.state != "complete"]


def test_reapers_at_the_same_time_lose_nothing_and_measure_nothing_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'studies.sqlite3'}"
    opened = start(plan(trials=4), goal(), open_storage(url), "s")
    for trial in opened.trials():
        give_up(opened, trial.number, "gone")
    together = Barrier(3)

    def reap() -> None:
        mine = joined(open_storage(url), "s", goal_of)
        together.wait()
        reconcile(mine, Watch(GRACE))

    reapers = [Thread(target=reap) for _reaper in range(3)]
    for reaper in reapers:
        reaper.start()
    for reaper in reapers:
        reaper.join()
    measured: Counter[str] = Counter()

    def noted(setting: Setting, report: Report) -> Quantities:
        measured[str(setting)] += 1
        return told(0.5)

    ended = search(plan(trials=4), goal(noted), silent, open_storage(url), "s")
    assert ended.complete == measured.total() == 4


def test_workers_of_one_sqlite_file_never_take_the_same_trial(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'studies.sqlite3'}"
    start(plan(trials=24), goal(), open_storage(url), "s")
    together, numbers = Barrier(4), []

    def grab() -> None:
        mine = joined(open_storage(url), "s", goal_of)
        together.wait()
        for _trial in range(6):
            numbers.append(taken(mine).trial.number)

    workers = [Thread(target=grab) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(numbers) == list(range(24))


def test_a_worker_that_lost_its_trial_stops_at_its_next_word(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'studies.sqlite3'}")
    opened = start(plan(trials=1), goal(), storage, "s", grace_seconds=0.06)
    trial, words = taken(opened), []

    def until_lost(setting: Setting, report: Report) -> Quantities:
        give_up(opened, trial.trial.number, "taken away")
        while True:
            report(replace(epoch(0.5), quantities={}))
            words.append(Event().wait(0.01))

    measure(opened, trial, goal(until_lost), Voice(opened, silent))
    assert [one.state for one in now(opened).trials] == ["failed"]


def test_a_worker_paused_between_taking_and_choosing_goes_on_with_another(
    storage: BaseStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = start(plan(trials=2), goal(), storage, "s")
    offered = taking.distributions

    def after_a_pause(asked: Plan) -> Any:
        monkeypatch.undo()
        give_up(opened, 0, "its worker was silent for too long")
        return offered(asked)

    monkeypatch.setattr(taking, "distributions", after_a_pause)
    assert work(storage, "s", goal_of, silent).complete == 2


def test_a_report_that_stops_a_search_while_a_trial_is_taken_gives_it_back(
    storage: BaseStorage,
) -> None:
    def stop(found: Standing) -> None:
        if found.running:
            raise Superseded

    with pytest.raises(Superseded):
        search(plan(), goal(), stop, storage, "s")
    found = standing(storage, "s")
    assert (found.running, found.live, found.missing) == ((), 5, 1)


def test_a_key_is_given_up_after_five_tries(storage: BaseStorage) -> None:
    opened = start(plan(trials=2), goal(), storage, "s")
    for _try in range(MOST_TRIES):
        trial = next(one for one in opened.trials() if one.user_attrs[KEY] == "slot 0"
                     and not one.state.is_finished())  # fmt: skip
        give_up(opened, trial.number, "gone")
        reconcile(opened, Watch(GRACE))
    found = now(opened)
    assert (found.given_up, found.live, found.missing) == (1, 1, 0)
    assert work(storage, "s", goal_of, silent).is_over


def test_a_worker_does_what_others_left(storage: BaseStorage) -> None:
    opened = start(plan(), goal(), storage, "s")
    finish(opened, taken(opened))
    ended = work(storage, "s", goal_of, silent)
    assert ended.complete == 6
    assert standing(storage, "s").done == ended.done
    assert names(storage) == ("s",)


def test_a_study_that_was_killed_before_its_record_is_made_whole(storage: BaseStorage) -> None:
    optuna.create_study(storage=storage, study_name="s", directions=["maximize"])
    assert search(plan(), goal(), silent, storage, "s").complete == 6


def refused(storage: BaseStorage, asked: Any = None, **changed: Any) -> str:
    """The sentence by which the study s is refused, for a plan or by another worker."""

    def open_it() -> Opened:
        if asked is not None:
            return made(storage, "s", asked, goal())
        return joined(storage, "s", lambda one: replace(goal(), **changed))

    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        open_it()
    return str(caught.value)


def test_a_study_of_another_plan_is_refused_and_both_are_named(storage: BaseStorage) -> None:
    start(plan(), goal(), storage, "s")
    end = ": give this search another name"
    assert refused(storage, plan(trials=7)) == (
        "the study s was made for trials 6, and you ask for trials 7" + end
    )
    other = plan(axes={**AXES, "batch_size": (8, 32)}, setting=Setting(dataset="digits", epochs=3))
    assert refused(storage, other) == (
        "the study s was made for batch size 8, 16, 32, 64, 128, 256, 512; epochs 1, and you ask"
        " for batch size 8, 32; epochs 3" + end
    )
    fixed = plan(axes={"learning_rate": AXES["learning_rate"], "useless": (1, 2)})
    assert "; no useless, and you ask for useless 1, 2; batch size " in refused(storage, fixed)


def test_a_study_of_another_version_space_or_data_is_refused_by_a_worker(
    storage: BaseStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(plan(), goal(), storage, "s")
    assert work(storage, "s", goal_of, silent).complete == 6
    data = refused(storage, identity=lambda setting: "other pictures")
    assert data == "the study s was made with other pictures of digits than there are here"
    sought = refused(storage, directions={"validation_accuracy": "minimize"})
    assert sought == (
        "the study s seeks validation accuracy as high as can be, and here validation accuracy as"
        " low as can be is sought"
    )
    with monkeypatch.context() as patch:
        patch.setattr(identity, "__version__", "99.0")
        assert refused(storage).endswith("this one is 99.0")
    with monkeypatch.context() as patch:
        patch.setattr(identity, "SPACE", {"epochs": (1,)})
        assert refused(storage).startswith("the study s was made where there is data set ")


def test_a_study_of_a_later_version_with_other_fields_is_refused_by_its_version(
    storage: BaseStorage,
) -> None:
    opened = start(plan(), goal(), storage, "s")
    record = opened.study.user_attrs[RECORD]
    later = {**record, "version": "99.0", "plan": {**record["plan"], "colour": "red"}}
    opened.study.set_user_attr(RECORD, later)
    assert refused(storage).startswith("the study s was made by workbench 99.0")
    with pytest.raises(ValueError, match=r"a search has the fields setting, axes, .*colour"):
        standing(storage, "s")


def test_the_data_of_every_data_set_on_an_axis_count(storage: BaseStorage) -> None:
    asked = plan(axes={"dataset": ("digits", "fashion_mnist")})
    seen = replace(goal(), identity=lambda setting: setting.dataset)
    told = identity.here(asked, seen)["data"]
    assert told == {"digits": "digits", "fashion_mnist": "fashion_mnist"}


def test_studies_of_others_are_refused_and_names_told(storage: BaseStorage) -> None:
    optuna.create_study(storage=storage, study_name="theirs").add_trial(
        optuna.trial.create_trial(value=1.0)
    )
    with pytest.raises(ValueError, match="the study theirs was not made by this workbench"):
        standing(storage, "theirs")
    with pytest.raises(ValueError, match="the study theirs was not made by this workbench"):
        search(plan(), goal(), silent, storage, "theirs")
    with pytest.raises(ValueError, match="there is no study in this storage yet"):
        standing(storage, "s")
    start(plan(), goal(), storage, "mine")
    with pytest.raises(ValueError, match="a study in this storage is one of mine, got s"):
        standing(storage, "s")


def test_an_interrupted_worker_gives_its_trial_back(storage: BaseStorage) -> None:
    def interrupted(setting: Setting, report: Report) -> Quantities:
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        search(plan(trials=2), goal(interrupted), silent, storage, "s")
    found = standing(storage, "s")
    assert (found.missing, found.live, found.running) == (1, 1, ())
    assert search(plan(trials=2), goal(), silent, storage, "s").complete == 2
