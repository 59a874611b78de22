"""What tests of sensitivity ask for: a file of three parameters, and a study of two findings."""

from pathlib import Path

import yaml

X = {"learning.v0": [100, 900], "evidence.visibility": [0, 1], "response.detect": [0.2, 0.8]}
"""The three parameters of Ishigami's function, and their ranges."""


def said(**keys) -> dict:
    return {"question": "What moves it?", "parameters": X, "outputs": ["welfare"], **keys}


STUDY = {
    "question": "Does it?",
    "arms": {"low": [], "high": ["stake.sigma=0.75"]},
    "decisive": [
        {"measure": "welfare", "of": "high", "against": "low", "expected": "up", "because": "of it",
         "smallest": 0.1, "placebo": "random"},
        {"measure": "user_value", "of": "high", "against": "low", "expected": "up", "because": "of it", "smallest": 0.1,
         "placebo": "random"},
    ],
    "tables": ["timeline"],
}  # fmt: skip


def written(path: Path, document: dict) -> str:
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return str(path)
