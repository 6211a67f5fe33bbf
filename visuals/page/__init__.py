"""What all tabs of the page share: lessons and their sections, links, live runs, words, files."""
