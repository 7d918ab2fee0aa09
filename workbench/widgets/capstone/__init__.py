"""Lesson 10: loading your own, the events, and taking the result home."""
