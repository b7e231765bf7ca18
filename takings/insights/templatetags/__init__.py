"""What templates of answers may say: ``{% load traces %}``."""
