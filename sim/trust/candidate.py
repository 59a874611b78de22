"""M9: what the gauntlet needs of a model that it evaluates."""

import numpy as np

# As evaluation sees the model, which after cleanup is not quite as users will.
CANDIDATE = np.dtype(
    [
        ("uid", "i8"),  # key of its random draws, below 2**32
        ("mu", "f8", (6,)),  # logit of the median task by 2*class + derailed
        ("spread", "f8", (3,)),  # s by class
        ("hazard", "f8"),  # h: derail probability of a turn whose context fills the window
        ("drift", "f8"),  # probability that a good answer is drifted
        ("familiarity", "f8"),  # f in [0, 1]: lifts the rate on known prompts from p to p + f·(1-p)
        ("fragility", "f8"),  # factor >= 0 on the share of the task draw that a wording redraws; thin data have more
        ("slots", "i8"),  # at least 1
        ("service_s", "f8"),  # s: mean service time of one request
    ]
)
