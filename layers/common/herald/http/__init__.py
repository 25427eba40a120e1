"""How a request becomes a use case, and a result or a problem becomes an answer."""
