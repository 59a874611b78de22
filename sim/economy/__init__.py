"""M13, M15: who holds what, who pays whom, and what it was worth."""
