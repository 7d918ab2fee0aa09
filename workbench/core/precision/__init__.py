"""Number formats at work: casting, types of operations, loss scaling, memory."""
