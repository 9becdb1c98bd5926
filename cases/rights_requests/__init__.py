"""The register of requests of parents and pupils (AVG): who asked what, until when, the answer.

Whoever keeps it knows whom a request is about; the administrator sees kinds and days alone.
``cases/rights.py`` is another thing: what somebody may do with a case.
"""
