"""Pages of the answers: studio, statements, traces, desk."""
