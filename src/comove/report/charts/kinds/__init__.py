"""One file a kind of chart: ``draw(exhibit, words, room)`` gives the scenes of an exhibit."""
