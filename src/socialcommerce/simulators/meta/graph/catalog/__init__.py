"""The catalog of the pretend Graph API: items, batches, groups, sets, feeds."""
