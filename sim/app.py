"""Floor 6, the Hydra application: compose, check, run, write.

Whatever is wrong with the input is said before Hydra makes a folder, in one line and with exit code 2.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, datetime
from pathlib import Path

import hydra
import numpy as np
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from sim.config import Config, config_folder
from sim.errors import InputError
from sim.output.attempts import AttemptLog
from sim.output.folder import RunFolder, drop_empty
from sim.shell.arguments import hydra_arguments
from sim.shell.check import checked, leave_no_trace
from sim.shell.complaints import complaint
from sim.shell.guard import complain, guarded
from sim.shell.terminal import progress, report, report_line

FAULT = "This is a fault of Turnstile, not of your input. Please report it with the command and this text."

Draw = Callable[[Path], None]
_draw: list[Draw] = []


def main(argv: Sequence[str], draw: Draw | None = None) -> int:
    """Run ``turnstile run ARGV``; its exit code.

    ``draw`` is given the folder of each run, before it appears at its place, and adds figures to it.
    """
    _draw[:] = [draw] if draw else []
    return guarded(lambda: _launch(argv))


def _launch(argv: Sequence[str]) -> None:
    before = sys.argv
    try:
        sys.argv = [before[0], *hydra_arguments(argv)]
        with _errors_raised():
            application()
    except Exception as error:
        if isinstance(error, InputError) or FAULT in getattr(error, "__notes__", ()):
            raise
        raise complaint(error) from error
    finally:
        sys.argv = before
        leave_no_trace()


@contextmanager
def _errors_raised() -> Iterator[None]:
    """Have Hydra raise its errors; by itself it would print them over several lines and leave with 1."""
    before = os.environ.get("HYDRA_FULL_ERROR")
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        with redirect_stderr(_WithoutHydra(sys.stderr)):
            yield
    finally:
        os.environ.pop("HYDRA_FULL_ERROR")
        if before is not None:
            os.environ["HYDRA_FULL_ERROR"] = before


class _WithoutHydra:
    """stderr without the line that Hydra adds to the error of a run, and that nothing can switch off."""

    def __init__(self, stderr):
        self._stderr = stderr

    def write(self, text: str) -> int:
        return len(text) if text.startswith("Error executing job with overrides:") else self._stderr.write(text)

    def __getattr__(self, name: str):
        return getattr(self._stderr, name)


@hydra.main(version_base=None, config_path=str(config_folder()), config_name="config")
def application(composed: DictConfig) -> None:
    """One run. In a multirun each launcher calls it, in whatever process, once for each point."""
    settings = HydraConfig.get()
    alone = settings.mode == RunMode.RUN
    target = Path(settings.runtime.output_dir)
    try:
        _run(composed, target, alone)
    except InputError as error:
        if not alone:  # say so now: Hydra raises the first error only, and after the last run
            complain(f"run {settings.job.num}: {error}")
            error.told = True
        raise
    except Exception as error:
        error.add_note(FAULT)
        raise
    finally:
        if not alone:
            drop_empty([target])


@contextmanager
def _attempt_log(config: Config, folder: RunFolder) -> Iterator[Callable[[np.ndarray], None] | None]:
    """What the simulation hands its attempts to, if they are wanted."""
    if not config.output.attempts:
        yield None
        return
    with AttemptLog(folder / "attempts.parquet") as log:
        yield log.append


def _run(composed: DictConfig, target: Path, alone: bool) -> None:
    from sim.simulation import simulate  # heavy: not for those who only ask for the configuration

    started = datetime.now(UTC)
    config = checked(composed)
    with RunFolder(target) as folder:
        with progress(config.horizon_days) as tell, _attempt_log(config, folder) as log:
            result = simulate(config, attempts=log, progress=tell)
        folder.write(result, started)
        for draw in _draw if config.output.figures else ():
            draw(folder.hidden)
        files = folder.publish()
    if alone:
        report(result.summary, folder.target, files, (datetime.now(UTC) - started).total_seconds())
    else:
        settings = HydraConfig.get()
        report_line(settings.job.num, list(settings.overrides.task), result.summary, folder.target)
