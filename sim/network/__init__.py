"""The network: who stands where, with what evidence, stake and money. The scoreboard and the developers act on it."""
