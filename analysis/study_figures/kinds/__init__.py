"""All kinds of figures that a study file can name. Importing this fills ``analysis.study_figures.kind``'s registry."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
