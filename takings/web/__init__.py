"""The pages' shell: base templates, navigation, sign-in."""
