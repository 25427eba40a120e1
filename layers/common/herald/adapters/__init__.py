"""The outside world, one narrow module per neighbour; heavy imports stand inside the functions that need them."""
