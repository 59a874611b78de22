"""The whole economy over either data plane gives the same tables and the same summary to the last bit, and so do two
processes that hash differently."""

import hashlib
import os
import subprocess
import sys

import pytest

from sim.simulation import simulate
from tests.economies import differing, economy, table_bytes

SHORT = {"horizon_days": 10, "demand__rate": 400, "warmup_days": 1}
VARIANTS = {
    "default": ((), {}),
    "gate": (
        ("stake=gate", "gauntlet=pass_k", "governance=steered"),
        {"developers__policy": "random", "horizon_days": 15},
    ),
    "additive": (
        ("stake=additive", "gauntlet=agreement_k", "governance=amnesty"),
        {"stake__slashing": "ethereum", "stake__exposure": ["ejection", "rejection", "expiry"],
         "governance__sandbox_days": 3},
    ),
    "weight": (("stake=weight", "gauntlet=worst_class", "governance=open"), {"developers__policy": "imitate"}),
    "numerai": (
        ("governance=ramp",),
        {"stake__slashing": "numerai", "stake__delegation__supply": 50_000, "developers__policy": "prospect",
         "economy__treasury": 1e6, "governance__immunity_days": 0},
    ),
    "grants": (
        ("governance=grants", "retry=aws_standard"),
        {"developers__policy": "manso", "stake__quadratic": True, "stake__cap": 900, "economy__pricing": "price",
         "economy__cut": 0.2, "stake__routed": "admission_confidence"},
    ),
    "reevaluated": (
        ("gauntlet=robust", "demand=modulated"),
        {"developers__policy": "roth_erev", "retry__payer": "developer", "gauntlet__reevaluate_days": 2,
         "gauntlet__attempts": 2, "tick_s": 21_600, "demand__tolerance": 2.0, "governance__ban_days": 2},
    ),
    "market": (
        (),
        {"economy__pricing": "price", "developers__price_step": 0.1, "developers__slot_step": True,
         "router__allocation": "inverse_square_price", "service__queue_limit": 2, "router__health": "envoy"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_planes_give_the_same_economy(variant):
    groups, keys = VARIANTS[variant]
    seed = 1 + list(VARIANTS).index(variant)
    compiled = simulate(economy(*groups, **SHORT | keys, seed=seed))
    reference = simulate(economy(*groups, **SHORT | keys, seed=seed, engine="reference"))
    assert compiled.summary["submissions"] >= 5, "hardly anything happened"
    assert differing(compiled, reference) == []


def test_hashing_is_no_part_of_a_run():
    program = "from tests.test_economy_planes import digest; print(digest())"
    found = {
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, check=True,
            capture_output=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert found == {digest() + "\n"}


def digest() -> str:
    """Of the tables of a run in which most mechanisms are on."""
    groups, keys = VARIANTS["additive"]
    tables = table_bytes(simulate(economy(*groups, **SHORT | keys)))
    return hashlib.sha256(b"".join(name.encode() + tables[name] for name in sorted(tables))).hexdigest()
