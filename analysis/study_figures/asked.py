"""The figures that a study file asks for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import analysis.study_figures.kinds  # noqa: F401  fills the registry
from analysis.errors import InputError
from analysis.study import Study
from analysis.study_figures.gathered import Gathered
from analysis.study_figures.kind import KINDS, Kind


@dataclass(frozen=True)
class Asked:
    """A figure: its kind and the ``name`` of that, its ``measures``, and the factors that further ``keys`` name."""

    kind: Kind
    name: str
    measures: tuple[str, ...]
    keys: dict[str, str]

    @property
    def title(self) -> str:
        """What it shows, which no other figure of the study does."""
        said = "".join(f", {key} {factor}" for key, factor in self.keys.items())
        return f"{self.kind.title}: {', '.join(self.measures)}{said}"

    def caption(self, held: Gathered) -> str:
        """Its title, and what stands for arms that were too many, of which ``held`` was gathered."""
        if held.factor is None or held.factor in self.keys.values():
            return self.title
        return f"{self.title}; of too many arms, the mean of those with the same {held.factor}"

    def gather(self, study: Study, more: Sequence[str] = ()) -> Gathered:
        """What it shows, its own measures first, then ``more``."""
        return self.kind.gather(study, list(dict.fromkeys([*self.measures, *more])), **self.keys)


def numbered(figures: Iterable[tuple[Asked, Gathered]]) -> Iterator[tuple[int, Asked, Gathered]]:
    """Figures, and what was gathered for each, with its number among those of its kind, from 1."""
    seen = Counter()
    for figure, held in figures:
        seen[figure.name] += 1
        yield seen[figure.name], figure, held


def asked(study: Study) -> Iterator[Asked]:
    """The figures that the file of ``study`` names, in its order. Raises ``InputError`` on one that is none."""
    for said in study.said.get("figures", ()):
        keys = dict(said)
        name, measures = keys.pop("kind"), tuple(keys.pop("measures"))
        kind = KINDS.get(name)
        if (
            kind is None
            or not {*measures} <= {*kind.measures}
            or not keys.keys() <= kind.keys.keys()
            or not {*keys.values()} <= {*study.factors}
        ):
            raise InputError(f"{study.folder / 'study.yaml'}: figures: {said}: no such figure in this version")
        yield Asked(kind, name, measures, keys)
