"""Arrays in, Plotly figures out: no computation here, and the only room that imports plotly."""
