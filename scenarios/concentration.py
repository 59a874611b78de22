"""How concentrated the default run is, beside real economies: like for like, by entity, measure and number."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.study_pages import text
from sim.concentration import gini, hhi, nakamoto, top1_share

REAL = {
    "OpenRouter top-10 model requests": ("2026-02-08", 9, 0.407, 0.1699, 0.2423, 2, 3),
    "OpenRouter top-10 author tokens": ("2026-02-08", 6, 0.272, 0.206, 0.2943, 2, 2),
    "Bittensor subnets (netuid>0) emission_tao_day": ("2026-04-11", 127, 0.4776, 0.0208, 0.0677, 9, 19),
    'Ethereum staking entities ("Other" excluded)': ("2023-04-19", 67, 0.886, 0.2052, 0.3991, 1, 2),
}
"""Name -> date, n, Gini, HHI, share of the largest, Nakamoto coefficients at 1/3 and 1/2: computed from snapshots of
OpenRouter's rankings, of Bittensor's subnets (sudoHayato/bittensor-research), and of Ethereum's staking entities."""

MEASURES = ("gini", "hhi", "top1", "nakamoto_third", "nakamoto_half")

COUNTERPARTS = {
    "OpenRouter top-10 model requests": "turns after warm-up, the 9 largest models",
    "OpenRouter top-10 author tokens": "turns after warm-up, the 6 largest developers",
    "Bittensor subnets (netuid>0) emission_tao_day": "revenue, all developers who had any",
    'Ethereum staking entities ("Other" excluded)': "stake at the end, all developers who have any",
}


def ours(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """The same measures of a run: ``NAME|MEASURE`` -> value, and ``NAME|n``."""
    models = tables["models"][tables["models"]["developer"] >= 0]
    by_developer = models.groupby("developer")
    turns, owned = models["turns_after_warmup"], by_developer["turns_after_warmup"].sum()
    amounts = (turns.nlargest(9), owned.nlargest(6), by_developer["revenue"].sum(), by_developer["stake"].sum())
    found = {}
    for name, held in zip(REAL, amounts, strict=True):
        held = held[held > 0].to_numpy(float)
        values = (gini(held), hhi(held), top1_share(held), nakamoto(held, 1 / 3), nakamoto(held, 1 / 2))
        found |= {f"{name}|n": len(held)} | {f"{name}|{m}": v for m, v in zip(MEASURES, values, strict=True)}
    return found


def table(runs: pd.DataFrame) -> str:
    """Real beside simulated, mean ± sd over the runs of ``ours``, as a table of the page."""
    head, rows = ("economy", "what", "n", "Gini", "HHI", "largest", "Nakamoto > 1/3", "> 1/2"), []
    for name, (date, n, *values) in REAL.items():
        held = (f"{runs[f'{name}|n'].mean():.0f}", *(_spread(runs[f"{name}|{m}"]) for m in MEASURES))
        rows.append((f"{name}, {date}", "as named", f"{n}", *(f"{v:.3g}" for v in values)))
        rows.append(("a default run", COUNTERPARTS[name], *held))
    return "\n".join(text.table(head, rows))


def _spread(x: pd.Series) -> str:
    return f"{np.mean(x):.3g} ± {np.std(x, ddof=1):.2g}"
