"""Declared content: the workflows of this house, their rule tables and their reference data. No engine code."""
