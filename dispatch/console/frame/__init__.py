"""What every page stands in: its row in the table, the visit, the rendering, the refusals, the files beside it."""
