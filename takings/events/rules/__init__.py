"""Pure parts: ids as two bigints, the batch schema, the log's frames, what a view counts for."""
