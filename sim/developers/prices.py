"""M12: how developers move their prices and rent slots: small rules, off where their key is 0 or false."""

import math


def next_price(price: float, traffic: float, mean: float, step: float) -> float:
    """The price, a share ``step`` up where the model had more ``traffic`` than the domain's ``mean``, down where less.

    Prices in credits, traffic in turns a window; step 0: prices stay. In the field: tâtonnement, price follows excess
    demand (Walras, 1874); no published default of the step.
    """
    if traffic > mean:
        return price * (1.0 + step)
    return price * (1.0 - step) if traffic < mean else price


def next_slots(slots: int, least: int, busy: float, enabled: bool) -> int:
    """The slots, one nearer to busy + √busy, ``busy`` the mean number of slots in use; at least ``least`` ≥ 1.

    Not enabled: slots stay. In the field: square-root staffing (Halfin and Whitt, Operations Research 29, 1981) with
    their β = 1.
    """
    if not enabled:
        return slots
    wanted = max(math.ceil(busy + math.sqrt(busy)), least)
    return slots + (wanted > slots) - (wanted < slots)
