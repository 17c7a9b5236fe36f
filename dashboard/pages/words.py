import streamlit as st
TITLE = "Words"
RANK = 1
def render():
    st.write("words")
    st.slider("x", 0, 10, 3, key="w_x", bind="query-params", persist_state="session")
