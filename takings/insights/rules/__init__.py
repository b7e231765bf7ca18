"""Pure shapes and words of the answers: what a trace is, how it reads, what reasons mean."""
