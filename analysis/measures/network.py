"""The network: on whose work traffic rests, who builds on whom, core and periphery, the cost of a lineage's failure."""

import math

import numpy as np

from analysis import indices
from analysis.measure import measure
from analysis.network.failure import loss
from analysis.network.structure import assortativity, core_periphery, degree_assortativity, pagerank, simple
from analysis.ranks import dense
from analysis.run import Run

_FORKS = (
    "(lambda f: f[(f.by != f.of) & (f.by >= 0) & (f.of >= 0)])(pd.DataFrame({'by': models.developer, "
    "'of': models.developer.reindex(models.parent).to_numpy()})[models.parent >= 0].astype(int))"
)
_LINKS = (
    f"(lambda f: pd.DataFrame({{'a': f[['by', 'of']].min(axis=1), 'b': f[['by', 'of']].max(axis=1)}})"
    f".drop_duplicates())({_FORKS})"
)
_LOSSES = (
    "(lambda m: pd.Series({l: sum(g.t.sum() / m.t.sum() * ((g.g.sum() / g.t.sum()) - (lambda r: r.g.sum() / r.t.sum() "
    "if len(r) else 0)(g[g.lineage != l])) for _, g in m.groupby('domain')) for l in m.lineage.unique()}))"
    "(models.assign(t=models.turns_after_warmup, g=models.turns_after_warmup "
    "* (models.first_good + models.self_rescued) / models.turns).query('developer >= 0 and t > 0'))"
)
_SHARES = (
    "(lambda m: m.groupby('lineage').turns_after_warmup.sum() / m.turns_after_warmup.sum())"
    "(models[models.developer >= 0])"
)


def forks(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """(developer, developer whose model it made one of its own from), (forks,) each; the house is left out."""
    owner, parent = run["models"]["developer"], run["models"]["parent"]
    by, of = owner[parent >= 0], owner[parent[parent >= 0]]
    others = (by != of) & (by >= 0) & (of >= 0)
    return by[others], of[others]


def _links(run: Run) -> np.ndarray:
    """The pairs of developers of whom one made a model from the other's, (links, 2)."""
    by, of = run.once(forks)
    return simple(by, of, 1 + max(by.max(initial=0), of.max(initial=0)))


def credit(run: Run) -> np.ndarray:
    """The share of the credit for routed turns that is each developer's, (developers,).

    Personalised PageRank: a walk begins at a model by its routed turns after warm-up, and goes on with probability .85
    from a model to its developer or to the model it was made from, at even chances. NaN where there are no turns.
    """
    models = run["models"]
    owner, parent, turns = models["developer"], models["parent"], models["turns_after_warmup"]
    m, d = len(owner), len(run["developers"]["developer"])
    owned, made = np.flatnonzero(owner >= 0), np.flatnonzero(parent >= 0)
    source, target = np.append(owned, made), np.append(m + owner[owned], parent[made])
    if not turns[owned].any():
        return np.full(d, math.nan)
    start = np.append(np.where(owner >= 0, turns, 0), np.zeros(d))
    ranks = pagerank(start, source, target, np.ones(len(source)))[m:]
    return ranks / ranks.sum()


def _losses(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """(loss of the success rate where it fails, share of routed turns) of each lineage."""
    models = run["models"]
    turns = models["turns_after_warmup"]
    of = (models["developer"] >= 0) & (turns > 0)
    if not of.any():
        return np.full(1, math.nan), np.ones(1)
    success = (models["first_good"] + models["self_rescued"])[of] / models["turns"][of]
    lineage = dense(models["lineage"][of])
    share = np.bincount(lineage, turns[of]) / turns[of].sum()
    return loss(turns[of], success, lineage, models["domain"][of]), share


@measure(
    unit="1",
    formula="Σ c_k² over developers, c_k their share of personalised PageRank: from models by turns_after_warmup, on "
    "with probability .85 to the model's developer or its parent at even chances",
    within=(0.0, 1.0),
    source="Page et al. 1999; Haveliwala 2002",
    recipe="(lambda a, s: (lambda v: ((v / v.sum()) ** 2).sum())((s @ np.linalg.inv(np.eye(len(a)) - .85 * a / "
    "np.maximum(a.sum(axis=1), 1)[:, None]))[len(models):]))"
    "(np.block([[pd.get_dummies(models.parent).reindex(columns=models.model, fill_value=False).to_numpy(float), "
    "pd.get_dummies(models.developer).reindex(columns=developers.developer, fill_value=False).to_numpy(float)], "
    "[np.zeros((len(developers), len(models) + len(developers)))]]), "
    "np.append(models.turns_after_warmup * (models.developer >= 0), np.zeros(len(developers))))",
)
def credit_hhi(run: Run) -> float:
    """Concentration of the credit for traffic, where models share theirs with those that they were made from.

    Above hhi.turns.developer where those who get the traffic build on the models of a few. NaN without turns.
    """
    return indices.hhi(credit(run))


@measure(
    unit="1",
    formula="Pearson's r over models made from another developer's, between the tiers of the one and of the other",
    within=(-1.0, 1.0),
    source="assortativity of directed edges, Newman 2003",
    recipe=f"np.corrcoef(*(lambda f: (developers.tier[f.by], developers.tier[f.of]))({_FORKS}))[0, 1]",
)
def fork_tier_assortativity(run: Run) -> float:
    """Whether developers build on the models of those as wealthy as they are. NaN where either end has but one tier."""
    tier = run["developers"]["tier"]
    by, of = run.once(forks)
    return assortativity(tier[by], tier[of])


@measure(
    unit="1",
    formula="Pearson's r between the degrees of two linked developers, over links in both directions; linked are two "
    "of whom one made a model from the other's",
    within=(-1.0, 1.0),
    source="Newman 2002",
    recipe="(lambda l, d: np.corrcoef(d[[*l.a, *l.b]], d[[*l.b, *l.a]])[0, 1])"
    f"({_LINKS}, pd.concat([{_LINKS}.a, {_LINKS}.b]).value_counts())",
)
def fork_degree_assortativity(run: Run) -> float:
    """Whether developers with many links are linked with each other. NaN where all have as many."""
    return degree_assortativity(run.once(_links))


@measure(
    unit="1",
    formula="the greatest over k of Pearson's r, over pairs of developers, between being linked, as in "
    "fork_degree_assortativity, and one of them being among the k of highest degree",
    within=(-1.0, 1.0),
    source="Borgatti and Everett 2000, the core sought by degree as in Lip 2011",
    recipe="(lambda n, l, d: max(np.corrcoef([[i in c or j in c, (i, j) in l] for j in range(n) for i in range(j)], "
    "rowvar=False)[0, 1] for c in (set(d.index[:k]) for k in range(1, n - 1))))"
    f"(len(developers), set({_LINKS}.itertuples(index=False, name=None)), "
    f"pd.concat([{_LINKS}.a, {_LINKS}.b]).value_counts().reindex(range(len(developers)), fill_value=0)"
    ".sort_values(ascending=False, kind='stable'))",
)
def core_periphery_fit(run: Run) -> float:
    """How well developers divide into a core with which all are linked and a periphery without links of its own."""
    return core_periphery(run.once(_links), len(run["developers"]["developer"]))[0]


@measure(
    unit="1",
    formula="Σ (b_k/Σb)², b_k = Σ stake + delegated over the models of developer k",
    within=(0.0, 1.0),
    source="Herfindahl 1950",
    recipe="(lambda b: ((b / b.sum()) ** 2).sum() if b.sum() else np.nan)"
    "(models[models.developer >= 0].eval('stake + delegated').groupby(models.developer).sum())",
)
def backing_hhi(run: Run) -> float:
    """Concentration of what stands behind developers, their own stake and their co-stakers'. NaN where nothing does."""
    models = run["models"]
    owned = models["developer"] >= 0
    return indices.hhi(np.bincount(models["developer"][owned], (models["stake"] + models["delegated"])[owned]))


@measure(
    unit="share of turns",
    formula="Σ_l p_l·loss(l), p_l the share of lineage l, loss(l) = Σ_d T_d/T·(Q_d - Q_d without l), "
    "T turns_after_warmup, Q the mean of (first_good + self_rescued)/turns weighted by T, 0 where no model is left; "
    "the house is left out",
    within=(-1.0, 1.0),
    source="Turnstile, analysis/network/failure.py",
    recipe=f"(lambda lost, p: (lost * p[lost.index]).sum())({_LOSSES}, {_SHARES})",
)
def lineage_failure_loss(run: Run) -> float:
    """Success lost where all models of a lineage fail and others of the domain take over, by their shares.

    Lineages fail as often as they are used: a turn drawn at random names the one. NaN where no turn was routed.
    """
    lost, share = run.once(_losses)
    return float(lost @ share)


@measure(
    unit="share of turns",
    formula="loss(l), as in lineage_failure_loss, of the lineage with most turns_after_warmup",
    within=(-1.0, 1.0),
    source="Turnstile, analysis/network/failure.py",
    recipe=f"(lambda lost, p: lost[p.idxmax()])({_LOSSES}, {_SHARES})",
)
def largest_lineage_failure_loss(run: Run) -> float:
    """Success lost where the lineage with most traffic fails. NaN where no turn was routed."""
    lost, share = run.once(_losses)
    return float(lost[np.argmax(share)])


@measure(
    unit="share of turns",
    formula="max over l of loss(l), as in lineage_failure_loss",
    within=(-1.0, 1.0),
    source="Turnstile, analysis/network/failure.py",
    recipe=f"{_LOSSES}.max()",
)
def worst_lineage_failure_loss(run: Run) -> float:
    """Success lost where the lineage fails whose failure costs most. NaN where no turn was routed."""
    lost, _ = run.once(_losses)
    return float(lost.max())
