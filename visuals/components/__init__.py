"""Visual components: gr.HTML subclasses with their .html, .css and .js beside them."""
