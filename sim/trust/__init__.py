"""Trust: from outcomes to evidence, from evidence to admission."""
