"""The replay: a period decided anew under any policy, by the very modes, chain, rules and ledger of the service.

What the register keeps in rows is here in memory, and what people do comes from a behaviour; every
decision in between is a call of the same pure functions that the commands call.
"""
