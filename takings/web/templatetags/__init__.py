"""What templates may say: ``{% load islands %}``."""
