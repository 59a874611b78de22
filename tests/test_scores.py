"""Rules that turn the outcomes of the gauntlet into scores."""

import math
import typing

import numpy as np
import pytest

from sim.trust.scores import RULES, Outcomes

# Six prompts x 2 repeats x 1 turn: three plain, two edge, one adversarial.
GOOD = np.array([[1, 1], [1, 0], [1, 1], [0, 1], [0, 0], [1, 1]], np.int8)[:, :, None]
DRIFTED = np.array([[0, 0], [1, 0], [0, 1], [0, 0], [0, 0], [0, 0]], np.int8)[:, :, None]
OUTCOMES = Outcomes(GOOD, DRIFTED, (0, 3, 5, 6))


@pytest.mark.parametrize(
    ("name", "good", "bad", "by_class", "clusters"),
    [
        ("mean", 8, 4, (5 / 6, 1 / 4, 1), (12, 8, 14, 16, 24)),
        ("pass_k", 3, 3, (2 / 3, 0, 1), (6, 3, 3, 3, 6)),
        ("agreement_k", 2, 4, (1 / 3, 0, 1), (6, 2, 2, 2, 6)),
        ("worst_class", 1, 3, (5 / 6, 1 / 4, 1), (4, 1, 1, 2, 8)),
    ],
)
def test_counts(name, good, bad, by_class, clusters):
    score = RULES[name](OUTCOMES)
    assert (score.good, score.bad, score.clusters) == (good, bad, clusters)
    assert score.mean == pytest.approx(good / (good + bad)) and score.by_class == pytest.approx(by_class)


@pytest.mark.parametrize("name", RULES)
def test_counts_agree_with_clusters(name):
    rng = np.random.default_rng(1)
    for _ in range(20):
        good = rng.integers(0, 2, (9, 3, 2)).astype(np.int8)
        drifted = good * rng.integers(0, 2, good.shape).astype(np.int8)
        score = RULES[name](Outcomes(good, drifted, (0, 5, 8, 9)))
        n, g, gg, gn, nn = score.clusters
        assert (n, g) == (score.good + score.bad, score.good) and 0 <= score.mean <= 1
        assert g * g <= gg * n and gg <= gn <= nn  # Cauchy and Schwarz; each g is at most its n


@pytest.mark.parametrize("name", RULES)
def test_a_class_without_prompts_has_no_score(name):
    score = RULES[name](Outcomes(GOOD, DRIFTED, (0, 6, 6, 6)))
    assert math.isfinite(score.mean) and [math.isnan(share) for share in score.by_class] == [False, True, True]


def test_all_repeats_and_turns_count():
    good = np.ones((2, 2, 3), np.int8)
    good[0, 1, 2] = 0
    outcomes = Outcomes(good, np.zeros_like(good), (0, 2, 2, 2))
    assert RULES["mean"](outcomes).clusters == (12, 11, 61, 66, 72)
    assert RULES["pass_k"](outcomes).good == 1


def test_the_first_of_equal_classes_is_the_worst():
    good = np.array([1, 0, 1, 0, 1, 1], np.int8)[:, None, None]
    score = RULES["worst_class"](Outcomes(good, np.zeros_like(good), (0, 2, 4, 6)))
    assert score.clusters == (2, 1, 1, 1, 2)


def test_rules_say_what_they_are():
    for rule in RULES.values():
        assert rule.__doc__ and list(typing.get_type_hints(rule)) == ["outcomes", "return"]
