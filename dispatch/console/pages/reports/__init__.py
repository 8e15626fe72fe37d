"""Reports as pages: which there are, each with its figures, its table and its workbook; and one's own statement."""
