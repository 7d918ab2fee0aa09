"""The live training panel: play, pause and step a network that learns, and keep its curves."""
