"""What flowed through a ledger."""


def flow(ledger, source: str | None = None, target: str | None = None, purpose: str | None = None) -> int:
    """Micro-credits that went so far from a kind to a kind for a purpose; None: any."""
    return sum(
        amount
        for (a, b, c), amount in ledger.flows.items()
        if purpose in (c, None) and source in (a, None) and target in (b, None)
    )
