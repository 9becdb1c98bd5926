"""Figures of a buurtteam: of its own consultations, without a school or a case."""
