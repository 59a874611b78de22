"""Pages of tunings, rendered from their folders alone: ``python -m analysis.tuning_pages OUT [OUT ...]``."""
