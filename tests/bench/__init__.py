"""Benchmarks: how fast, on a machine's real disk. Each prints where the time goes and ends with `RESULT key=value …`."""
