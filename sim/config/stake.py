"""M8: the keys of stake."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Delegation:
    """Co-stakers, who delegate by reputation."""

    supply: float = number("credits that co-stakers hold in all; 0: there are none", "credits", 0, 1e12)
    exponent: float = number("they delegate ∝ confidence^exponent", low=0, high=100)
    cut: float = number("share of a model's revenue that goes to its co-stakers, by stake", low=0, high=1)


@dataclass(frozen=True)
class Stake:
    """M8: how stake enters admission, and what it risks."""

    rule: str = text("how stake enters admission: a name from `turnstile list stake_rules`, or module:function")
    sigma: float = number("σ: influence of stake; 0: none", low=0, high=1)
    n_c: float = number("pseudo_count: good outcomes that a full stake is worth at σ = 1", "counts", 0, LONG)
    s0: float = number("S0: full stake", "credits", above=0, high=1e9)
    eta: float = number("η: exponent of pseudo_count; below 1 concave", above=0, high=4)
    alpha: float = number("α: exponent on confidence (weight)", low=0, high=100)
    beta: float = number("β: exponent on stake (weight)", low=0, high=100)
    bond: float = number("least stake (gate)", "credits", 0, 1e9)
    routed: str = choice("what the router weighs", "confidence", "admission_confidence")
    cap: float = number("largest stake of one developer that counts; 0: no cap", "credits", 0, 1e9)
    quadratic: bool = text("stake counts by the root: √(S·S0)")
    unbonding_days: float = number("time for which withdrawn stake stays slashable", "days", 0, LONG)
    slashing: str = text("how much is slashed: a name from `turnstile list slashing`, or module:function")
    fraction: float = number("share of the stake that is slashed (fixed); base share (ethereum)", low=0, high=1)
    clip: float = number("largest share that is slashed or paid at a tick (numerai)", low=0, high=1)
    correlation: float = number(
        "factor on the share of all stake slashed with it in the window (ethereum)", low=0, high=100
    )
    window_days: float = number("window of that share", "days", above=0, high=LONG)
    exposure: list[str] = choice("what is slashed for", "ejection", "rejection", "expiry")
    delegation: Delegation = text("co-stakers")
