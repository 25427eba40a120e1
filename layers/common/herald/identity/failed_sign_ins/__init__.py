"""Failed sign-ins, for the audit logs of the organisations that they concern."""
