"""How AWS Config records single types of resources, and what several checks ask of them."""
