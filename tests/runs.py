"""Small runs on disk, for tests of what reads them."""

from datetime import UTC, datetime
from pathlib import Path

from sim.config import Config
from sim.output.attempts import AttemptLog
from sim.output.folder import RunFolder
from sim.simulation import simulate


def write_run(config: Config, target: Path) -> Path:
    """Simulate ``config`` and write its folder, the attempt log included where it is asked for."""
    with RunFolder(target) as folder:
        if config.output.attempts:
            with AttemptLog(folder / "attempts.parquet") as log:
                result = simulate(config, attempts=log.append)
        else:
            result = simulate(config)
        folder.write(result, datetime.now(UTC))
        folder.publish()
    return target
