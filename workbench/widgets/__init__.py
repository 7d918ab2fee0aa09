"""What the learner touches and sees: ipywidgets and bqplot live here and nowhere else."""
