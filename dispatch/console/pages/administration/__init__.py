"""Pages for the administrator of a centre's service: who may come in, and which days are worked."""
