"""Pages of studies, rendered from their folders alone: ``python -m analysis.study_pages OUT [OUT ...]``."""
