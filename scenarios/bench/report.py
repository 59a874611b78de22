"""What a run of the benchmarks has found so far, and its progress on the screen."""

from time import perf_counter

from scenarios.bench.timing import machine


class Report:
    """Results by name; each is printed as it comes."""

    def __init__(self, quick: bool):
        self.quick = quick
        self.rounds = 3 if quick else 5
        self.results: dict = {"quick": quick, "machine": machine()}
        self._started = perf_counter()

    def turns(self, full: float) -> int:
        """Turns of one measurement; fewer in a quick run."""
        return int(full / 5 if self.quick else full)

    def say(self, line: str) -> None:
        print(f"[{perf_counter() - self._started:4.0f} s] {line}", flush=True)

    def keep(self, name: str, value, meaning: str) -> None:
        """Keep a result to four digits (null: not measured), and print it with its meaning."""
        self.results[name] = _rounded(value)
        self.say(f"{name} = {'-' if value is None else self.results[name]}: {meaning}")


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value
