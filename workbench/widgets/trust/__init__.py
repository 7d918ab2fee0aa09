"""The figures and games of lesson 1: what a measured number is worth."""
