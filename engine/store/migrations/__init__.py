"""The versions of the schema, forward only: the way back is the backup, for a record is not dropped.

After a change of tables.py or ground.py: `python -m engine.store.migrations "what changed"` drafts the next version.
"""
