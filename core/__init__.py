"""The engine of Embedscope. It knows nothing of Streamlit and runs in a notebook as it is."""
