"""What every page is put in: its row in the table, the visit, the rendering, the refusals, the files beside it."""
