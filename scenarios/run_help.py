"""``turnstile run --help``: groups and options from ``conf``, keys from the schema. Imports nothing heavy."""

from dataclasses import is_dataclass

from sim.config import Key, config_folder, keys
from sim.shell.groups import groups

USAGE = """\
usage: turnstile run [options] [FILE] [KEY=VALUE ...] [GROUP=OPTION ...]

Runs one simulation and writes its folder: configuration, provenance, summary and tables.

  turnstile run                                      the defaults, into runs/DAY/TIME
  turnstile run retry=none demand.rate=30000 seed=2  other choices and values
  turnstile run hydra.run.dir=runs/mine              into a folder of your choice, new or empty
  turnstile run -m seed=1,2,3 retry=none,openai      every combination, all checked before the first runs
  turnstile run runs/mine/config.yaml seed=2         an earlier run again, with a change

options:
  -m, --multirun        run every combination of comma-separated values
  -c, --cfg job         print the composed configuration and run nothing; --resolve resolves it
  -cd, --config-dir DIR a folder of your own presets, laid out like the groups below: DIR/retry/mine.yaml
  -h, --help            this text; --hydra-help tells more about launchers and sweeps
      --version         the version
"""


def run_help() -> str:
    """The whole text."""
    parts = [USAGE, "groups:"]
    parts += [f"  {name:<14}{', '.join(known)}" for name, known in groups(config_folder()).items()]
    parts += ["", "keys:", *(_line(key) for key in keys().values() if not is_dataclass(key.kind))]
    return "\n".join(parts)


def _line(key: Key) -> str:
    unit = key.meta["unit"] if key.meta["unit"] not in ("", "1") else ""
    allowed = " | ".join(key.meta.get("allowed", ()))
    return f"  {key.name:<38}{key.meta['doc']}" + (f" [{unit or allowed}]" if unit or allowed else "")
