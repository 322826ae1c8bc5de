"""What a workflow is: frozen data, the guard language, the checks. Pure; imports nothing of the engine above it."""
