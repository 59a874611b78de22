"""Guards against tautology: worlds in which a mechanism is off. Every study takes any of them by its name.

A study repeats its arms in each guard that it names, with these overrides behind those of the arm. Where an effect is
due to the mechanism, it is gone there.
"""

GUARDS: dict[str, tuple[tuple[str, ...], str]] = {
    "random": (("developers=random",), "developers choose by chance, so no incentive can move them"),
    "imitate": (("developers=imitate",), "developers do what succeeded for others, without beliefs of their own"),
    "equal_wealth": (("developers.endowment.wealth_sigma=0",), "all developers are equally rich"),
    "permuted_wealth": (("developers.endowment.wealth_deal=1",), "the same fortunes in other hands"),
    "free_living": (("developers.endowment.running_cost=0.01",), "staying costs nearly nothing: runway binds nobody"),
    "worthless_ideas": (("landscape.worth=none",), "ideas are worth no more than what one has"),
}
"""Name → (overrides, what it switches off)."""
