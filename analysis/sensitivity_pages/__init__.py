"""Pages of sensitivities, rendered from their folders alone: ``python -m analysis.sensitivity_pages OUT [OUT ...]``."""
