"""``turnstile tune``: searches for settings, tries the best again in fresh worlds, and says which to choose."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.files import write_together
from analysis.finished import TUNING
from analysis.page.render import render
from analysis.report.folder import REPORT
from analysis.report.tuning import report
from analysis.tuning import Tuning as Finished
from analysis.tuning_figures import draw_tuning
from scenarios.runner.forecast import forecast_of
from scenarios.runner.job import Job
from scenarios.runner.pool import Crew, Work
from scenarios.runner.record import finish
from scenarios.runner.running import FAILURES, resumable
from scenarios.runner.store import lock
from scenarios.runner.work import work
from scenarios.tune.definition import Tuning, names, read
from scenarios.tune.evaluation import MEASURES
from scenarios.tune.fresh import DEFAULT, Candidate, candidates
from scenarios.tune.importance import importance
from scenarios.tune.objectives import BASELINE
from scenarios.tune.outputs import compared_table, front_table, role_of, settings_table, trials_table
from scenarios.tune.presets import FOLDER, preset_name, write_presets
from scenarios.tune.printing import print_tuning
from scenarios.tune.recommended import roles
from scenarios.tune.searching import Tuner
from scenarios.tune.worlds import CHOOSING, JUDGING


def listing() -> str:
    """Name and question of every tuning."""
    found = [read(name) for name in names()]
    width = max((len(tuning.name) for tuning in found), default=0) + 2
    return "\n".join(f"{tuning.name:<{width}}{tuning.question}" for tuning in found)


def asked(name: str, trials: int | None, worlds: int | None, seeds: int | None) -> Tuning:
    """The tuning ``name`` with what the command line says instead. Raises ``InputError``."""
    found = read(name)
    own = replace(found.worlds, count=worlds or found.worlds.count, seeds=seeds or found.worlds.seeds)
    return replace(found, trials=trials or found.trials, worlds=own)


def run_tuning(
    tuning: Tuning, overrides: Sequence[str], out: Path | None, workers: int, cluster: str | None, do: Work = work
) -> int:
    """Do what is missing of ``tuning``, and print what it recommends; how many runs failed. Raises ``InputError``."""
    folder = out or Path("tunings") / tuning.name
    crew = Crew(workers, cluster)
    tuner = Tuner(tuning, tuple(overrides), folder, crew, do)
    held = lock(folder)
    try:
        with resumable(folder, TUNING, tuning.name), crew:
            return _run(tuner)
    finally:
        os.close(held)


def _run(tuner: Tuner) -> int:
    tuning, folder = tuner.tuning, tuner.folder
    tried = tuner.tried()
    again = [Candidate(DEFAULT, "", None)] + [Candidate(BASELINE, "", None)] * (tuning.baseline is not None)
    for search, trials in tried.trials.items():
        again += candidates(search, trials, tuning.aim, tried.scale, tuning.fresh.most)
    chosen, judged = tuner.again(CHOOSING, again), tuner.again(JUDGING, again)
    named = roles(chosen)
    every = [trial for trials in tried.trials.values() for trial in trials]
    front = front_table(judged, named)
    tables = {
        "trials": trials_table(tuning.levers, tuning.aim, tried.trials, tried.scale, tuning.batch),
        "fresh": _fresh(tuner, again),
        "settings": settings_table(tuning.levers, judged, named),
        "front": front,
        "recommended": front[front["role"] != ""],
        "compared": compared_table(tried.trials, chosen, judged, tried.scale),
        "importance": importance(tuning.levers, tuning.aim, every),
    }
    presets = {
        preset_name(tuning.name, role): (f"{tuning.question} {role}: {one.name}", tuner.config(one))
        for number, one in enumerate(again)
        for role in role_of(number, one, named).split(", ")
        if role
    }
    write_presets(folder, presets, tuning.levers)
    finish(folder / TUNING, _said(tuner, presets), tables)
    finished = Finished.read(folder)
    print_tuning(finished)
    figures = draw_tuning(folder)
    write_together({folder / REPORT: render(report(finished))})
    failed = sum(1 for _ in folder.glob(f"*/*/{FAILURES}/*.json"))
    if failed:
        print(f"\n{failed} runs failed, and their settings with them: see {folder}/*/*/{FAILURES}")
    print(f"\n{len(every)} trials in {folder}; figures, as PNG and PDF:")
    for png, _ in figures.values():
        print(f"  {png}")
    print(f"report: {folder / REPORT}\npresets, such as")
    print(f"  turnstile run --config-dir {folder / FOLDER} governance={next(iter(presets))}")
    return failed


def forecast(tuning: Tuning, overrides: Sequence[str], workers: int) -> str:
    """Trials, runs, and from one run of the default the time and disk that the tuning will take."""
    tuner = Tuner(tuning, tuple(overrides), Path(), Crew())
    own = tuning.worlds
    what = (
        f"{tuning.name}: {tuning.question}\n{tuning.trials} trials and as many at random, in {own.count} worlds x "
        f"{own.seeds} seeds, and the front again"
    )
    return forecast_of(what, tuner.runs, Job.of(tuner.settings.default, 1), tuning.tables, workers)


def _fresh(tuner: Tuner, again: Sequence[Candidate]) -> pd.DataFrame:
    """Every run in fresh worlds: set, name, search, world, seed, key and measures."""
    found = []
    for which in (CHOOSING, JUDGING):
        rows = pd.read_parquet(tuner.folder / which / "settings" / f"{MEASURES}.parquet")
        names, searches = ([getattr(again[i], name) for i in rows["setting"]] for name in ("name", "search"))
        rows = rows.drop(columns="setting")
        rows.insert(0, "set", which)
        rows.insert(1, "name", names)
        rows.insert(2, "search", searches)
        found.append(rows)
    return pd.concat(found, ignore_index=True)


def _said(tuner: Tuner, presets) -> dict:
    tuning = tuner.tuning
    return {
        "name": tuning.name,
        "tuning": tuning.said,
        "overrides": list(tuner.overrides),
        "trials": tuning.trials,
        "worlds": tuning.worlds.count,
        "seeds": tuning.worlds.seeds,
        "fresh_worlds": tuning.fresh.worlds,
        "sampler": tuning.sampler,
        "batch": tuning.batch,
        "constraints": [f"{each.words}, by its {each.judge.words}" for each in tuning.aim.constraints],
        "judged": {each.measure: each.judge.words for each in tuning.aim.objectives},
        "presets": list(presets),
    }
