"""What the commands of `takings` do once there is a database. Imported late: this loads Django."""
