"""AWS's facts about managed rules and conformance packs, as data files with typed access."""
