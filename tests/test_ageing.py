"""M3: what becomes of models that nobody works on for long."""

from dataclasses import replace

import numpy as np
import pytest

from sim.models import LATENT, Models
from tests.configs import config


@pytest.mark.parametrize("spread", [0.0, 6.0, 30.0])
@pytest.mark.parametrize(("potential", "days"), [(0.6, 0.0), (0.6, 800.0), (1e-15, 800.0), (1 - 1e-16, 0.0)])
def test_however_old_or_good_a_model_has_a_median_task(spread, potential, days):
    c = config()
    rows = np.zeros(1, LATENT)
    rows["potential"], rows["spread"], rows["speed"] = potential, spread, 4.0
    models = Models(replace(c, learning=replace(c.learning, staleness=1.0)), rows)
    models.renew(days, np.array([0]))
    assert 0 < models.today["ability"][0] < 1
    assert np.isfinite(models.service["mu"]).all()
