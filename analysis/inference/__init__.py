"""Inference over runs: paired differences, slopes, equivalence, families, numbers of seeds, warm-up, findings."""
