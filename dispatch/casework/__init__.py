"""What happens to a case, written once over a port: chain, board, offers, assignment, undertaking, runs, watch.

The register and the replay are the two hosts of it. No SQL, no clock, no dice.
"""
