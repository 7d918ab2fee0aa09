"""Pieces of programs, read as text and never imported: each is what a learner gets to run."""
