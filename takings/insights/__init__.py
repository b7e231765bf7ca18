"""Read-only answers: earnings, and the trace of a cent."""
