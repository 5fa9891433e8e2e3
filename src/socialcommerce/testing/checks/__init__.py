"""What is asked of every backend: functions from a ``Candidate`` to the sentences that say what is wrong.

A check that finds nothing yields nothing. Each sentence names what is missing and the remedy.
"""
