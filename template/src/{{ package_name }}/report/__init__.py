"""What a training came to, as a page to look at and a card to hand on."""
