"""All measures, a file for each kind of question. Importing this fills ``analysis.measure``'s registries."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
