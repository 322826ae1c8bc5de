"""Proofs over data: which truth values a set of guards can have at once, and the values that show it.

`simplified` turns guards into trees over plain variables, `Grid` decides them by counting every cell, `smt` by z3.
"""
