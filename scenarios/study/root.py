"""Where functions that are dear to evaluate are zero: one search each, in step, so that all are evaluated at once."""

from collections.abc import Callable, Generator

Search = Generator[float, float, tuple[float, float]]
"""Yields where to look, is sent the value there, and returns where the value was nearest to 0, and that value."""


def illinois(low: float, high: float, steps: int) -> Search:
    """Regula falsi in the Illinois form (Dowell and Jarratt, BIT 11, 1971) on [low, high]: both ends, then ``steps``.

    Ends as soon as a value is 0, and after the ends where both have the same sign.
    """
    old, at_old = low, (yield low)
    new, at_new = high, (yield high)
    best = min((old, at_old), (new, at_new), key=lambda found: abs(found[1]))
    if at_old * at_new >= 0:
        return best
    for _ in range(steps):
        x = (old * at_new - new * at_old) / (at_new - at_old)
        at_x = yield x
        best = min(best, (x, at_x), key=lambda found: abs(found[1]))
        if at_x == 0:
            break
        if at_x * at_new < 0:
            old, at_old = new, at_new
        else:
            at_old /= 2
        new, at_new = x, at_x
    return best


def in_step(
    searches: dict[str, Search], evaluate: Callable[[dict[str, float]], dict[str, float]]
) -> dict[str, tuple[float, float]]:
    """What each search returns; ``evaluate`` gets where those not yet at their end look, and gives the values there."""
    asked, found = {name: next(search) for name, search in searches.items()}, {}
    while asked:
        for name, value in evaluate(dict(asked)).items():
            try:
                asked[name] = searches[name].send(value)
            except StopIteration as end:
                found[name] = end.value
                del asked[name]
    return found
