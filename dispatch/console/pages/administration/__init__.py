"""Pages of whoever runs a centre's service: who may come in, and which days are worked."""
