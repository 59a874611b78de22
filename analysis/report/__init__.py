"""Reports: what a page says of a study, a run, a sweep, or of two runs of one world; from their tables alone."""
