"""What everybody learns of the admitted models of each domain."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.developers.survey import survey
from sim.status import Status

ADMITTED = int(Status.ADMITTED)


@given(st.data(), st.integers(0, 30), st.integers(1, 4))
def test_each_domain_by_its_admitted_models(data, models, domains):
    status = np.array(data.draw(st.lists(st.sampled_from(list(Status)), min_size=models, max_size=models)), "i4")
    domain = np.array(data.draw(st.lists(st.integers(0, domains - 1), min_size=models, max_size=models)), "i4")
    counts = st.lists(st.integers(1, 5).map(float), min_size=models, max_size=models)  # so that some are equal
    alpha, beta = np.array(data.draw(counts)), np.array(data.draw(counts))
    known = data.draw(st.integers(0, models))
    paid, days = np.arange(known) * 1_000_000, 2.0
    found, rates = survey(status, domain, alpha, beta, paid, days, domains)
    rate = alpha / (alpha + beta)
    assert sorted(rates) == sorted(rate[status == ADMITTED])
    for d in range(domains):
        here = np.flatnonzero((status == ADMITTED) & (domain == d))
        if len(here) == 0:
            assert found["leader"][d] == -1 and np.isnan([found[name][d] for name in ("best", "rate", "revenue")]).all()
            continue
        assert found["leader"][d] == max(here, key=lambda m: (rate[m], m))
        assert found["best"][d] == rate[here].max()
        assert np.isclose(found["rate"][d], rate[here].mean(), rtol=1e-12)
        old = here[here < known]
        revenue = (old / days).mean() if len(old) else np.nan
        assert np.isclose(found["revenue"][d], revenue, rtol=1e-12, equal_nan=True)
