"""One module a screen; each reads, puts into words and renders, and hands every change to the engine."""
