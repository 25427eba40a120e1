"""What somebody does about their password and their address."""
