"""The dossier: a whole case on paper, asked for with a reason and made by the worker."""
