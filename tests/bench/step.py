"""`bench step`: a full step of the engine against the floor, on each database, alternating, medians of seven rounds.

The step is that of step.yaml. After the rounds every row it must have written is counted, and every case is
replayed and its chain checked, so that nothing is fast because it was left out.
"""
