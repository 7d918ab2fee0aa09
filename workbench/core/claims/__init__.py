"""Experiments behind claims: a grid each, of surveys that lessons have, or of short ones here."""
