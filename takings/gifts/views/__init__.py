"""Pages of gifts: ``own`` for who sends, ``received`` for creators, ``desk`` for operators."""
