"""Reading files of codes, and who may take one."""
