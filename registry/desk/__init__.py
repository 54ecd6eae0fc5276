"""The desk: the register's screens in the admin, for clerks, officers of departments and auditors."""
