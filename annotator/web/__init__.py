"""The annotator's screen: a page of its own on Starlette, thin over the use cases."""
