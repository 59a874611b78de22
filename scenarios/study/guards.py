"""Guards against tautology: worlds in which a mechanism, or a rival explanation, is off. Every study names any of them.

What a study compares is compared again in each guard that it names. Some are overrides behind those of the arm; others
are solved for, arm by arm, on seeds of their own (``scenarios/study/solving``).
"""

GUARDS: dict[str, tuple[tuple[str, ...], str]] = {
    "random": (("developers=random",), "developers choose by chance, so no incentive can move them"),
    "imitate": (("developers=imitate",), "developers do what succeeded for others, without beliefs of their own"),
    "equal_wealth": (("developers.endowment.wealth_sigma=0",), "all developers are equally rich"),
    "permuted_wealth": (("developers.endowment.wealth_deal=1",), "the same fortunes in other hands"),
    "free_living": (("developers.endowment.running_cost=0.01",), "staying costs nearly nothing: runway binds nobody"),
    "worthless_ideas": (("landscape.worth=none",), "ideas are worth no more than what one has"),
    "equal_budgets": (
        ("developers.endowment.wealth_sigma=0", "developers.endowment.speed_sd=0", "developers.endowment.cost_sd=0"),
        "all developers can afford the same number of iterations: alike in wealth, and in what one costs and takes",
    ),
    "unselective": (
        ("governance.strictness=0", "router.allocation=uniform"),
        "everything is admitted, at once and for good, and shares traffic evenly: nothing selects",
    ),
    "equal_models": (
        (
            "landscape.sd=0", "landscape.mean=2", "developers.endowment.skill_sd=0", "projects.luck=0",
            "data.effect=0", "learning.v0=0",
        ),
        "all models have the same high potential, born mature: there is nothing to select, and nothing that work adds",
    ),
    "uninherited": (("governance.inheritance=0",), "a new version inherits no evidence: every record begins anew"),
    "unstaked": (("developers.stakes=[0]",), "nobody can stake anything"),
    "loss_neutral": (("developers.prospect.aversion=1",), "to those of prospect theory losses weigh as much as gains"),
}  # fmt: skip
"""Name → (overrides, what it switches off)."""

MATCHED, LUMP_SUM = "matched", "lump_sum"

STRICTNESS = "governance.strictness"

SOLVED: dict[str, tuple[str, str]] = {
    MATCHED: (STRICTNESS, "the same share of submissions is admitted as in the arm's baseline"),
    LUMP_SUM: ("gauntlet.fee", "nothing is slashed, and a submission pays what slashing took from one in the mean"),
}
"""Name → (key that is solved for, arm by arm; what it is to bring about)."""
