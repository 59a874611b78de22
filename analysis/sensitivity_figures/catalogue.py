"""Which figures each method has."""

from analysis.sensitivity.analysing import MORRIS, SIGNS, SOBOL
from analysis.sensitivity_figures import convergence, effects, indices, shares

FIGURES = {
    MORRIS: {"indices": (indices.OF_MORRIS, indices.draw), "convergence": (convergence.OF_INDICES, convergence.draw)},
    SOBOL: {"indices": (indices.OF_SOBOL, indices.draw), "convergence": (convergence.OF_INDICES, convergence.draw)},
    SIGNS: {
        "shares": (shares.TITLE, shares.draw),
        "effects": (effects.TITLE, effects.draw),
        "convergence": (convergence.OF_SHARES, convergence.draw),
    },
}
"""Method → stem of the file → (title, function of a `Result`)."""
