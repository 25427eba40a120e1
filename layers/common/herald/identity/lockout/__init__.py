"""Wrong passwords slow sign-ins down."""
