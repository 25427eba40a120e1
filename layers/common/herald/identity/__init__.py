"""Who is asking: users, tenants, sessions."""
