"""One message to one person: claimed, handed to a carrier, followed until it arrives."""
