"""Who holds what, in the memory of each process: bitmaps of people for each fact, and columns to order them by."""
