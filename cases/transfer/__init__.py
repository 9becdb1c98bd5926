"""A case that goes along to another school: what is in the package, and how it is sealed.

Made by ``cases.dossier.package``, read by ``signals.receiving``. Neither a request nor a database.
"""
