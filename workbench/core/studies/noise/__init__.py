"""How much one network's time differs from itself, and how little an accuracy of few images says.

Each module is one measurement of lesson 1, told as it grows.
"""
