"""The one palette: for colour-blind eyes too (Okabe and Ito 2008), legible on light and dark."""

CANDIDATE = "#0072B2"
BASELINE = "#8C8C8C"
PRUNED = "#D55E00"
TRAIL = "#56B4E9"
PINNED = "#E69F00"
