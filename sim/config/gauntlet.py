"""M9: the keys of the gauntlet."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Gauntlet:
    """M9: the evaluation before admission."""

    benches: int = number("benches; a submission waits for one", "benches", 1, 10_000)
    days: float = number("time that one evaluation takes a bench", "days", above=0, high=1000)
    fee: float = number("fee of a submission", "credits", 0, 1e6)
    rehearsal_fee: float = number("cost of one rehearsal", "credits", 0, 1e6)
    rehearsal_days: float = number("time that one rehearsal takes", "days", 0, 1000)
    prompts: int = number("prompts; each is a task of its own", "prompts", 1, 100_000)
    repeats: int = number("repeats of each prompt", "repeats", 1, 1000)
    turns: int = number("turns of each repeat; each is judged", "turns", 1, 100)
    context_share: float = number(
        "share of the context window that one turn fills, for the derail hazard", low=0, high=1
    )
    edge: float = number("share of edge prompts", low=0, high=1)
    adversarial: float = number("share of adversarial prompts", low=0, high=1)
    paraphrases: int = number("wordings of each prompt over which its repeats go in turn", "wordings", 1, 1000)
    paraphrase: float = number("share of the task draw's variance that a wording redraws", low=0, high=1)
    concurrency: int = number(
        "requests at once; beyond the model's slots they wait, and time out", "requests", 1, 100_000
    )
    score: str = text("how outcomes become counts: a name from `turnstile list scores`, or module:function")
    known: float = number("share of prompts that are public, so that familiarity helps on them", low=0, high=1)
    attempts: int = number(
        "submissions of one developer in attempt_days, at most; 0: no limit", "submissions", 0, 100_000
    )
    attempt_days: float = number("window of that limit", "days", above=0, high=LONG)
    reevaluate_days: float = number("time after which an admitted model is evaluated again; 0: never", "days", 0, LONG)
    disclosure: str = choice("what developers are told of submissions", "none", "score", "breakdown", "rule")
