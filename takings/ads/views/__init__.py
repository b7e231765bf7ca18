"""Pages of advertising: ``console`` for advertisers, ``desk`` for operators."""
